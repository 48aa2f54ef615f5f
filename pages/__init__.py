"""One file per URL: its layout and its callbacks. Knows components and services, never `api` or `cli`."""
