"""The REST door: routes drawn from `services.tasks.TASKS`. Knows services, never pages or components."""
