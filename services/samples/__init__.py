"""Series that ship with the application: files, and a catalogue of what they are. Reading them is for `datasets`."""

from services.samples.catalogue import FOLDER, SAMPLES, Sample

__all__ = ["FOLDER", "SAMPLES", "Sample"]
