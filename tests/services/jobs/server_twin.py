"""A process that does what a server does to its data directory: claims it, starts a supervisor, and waits.

Run by tests that kill it. It announces itself with one line, `ready` or the reason why it may not start.
"""

import sys
import threading

from services.locks import DataDirInUseError, claim_data_dir
from services.settings import read_settings
from services.supervisor import SupervisorWatch, ensure_supervisor

settings = read_settings()
try:
    lock = claim_data_dir(settings, url="http://127.0.0.1:8050")
except DataDirInUseError as error:
    sys.exit(str(error))
ensure_supervisor(settings)
SupervisorWatch(settings).start()
sys.stdout.write("ready\n")
sys.stdout.flush()
threading.Event().wait()
