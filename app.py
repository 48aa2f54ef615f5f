"""The composition root: builds the application from its parts and serves it. `python app.py` starts everything."""

import gc

if __name__ == "__main__":
    gc.disable()  # while all that follows is loaded, to stay; a fifth of the start. `serve` lets it look again

import signal
import sys
from contextlib import ExitStack
from types import FrameType

import dash
from dash import Dash
from flask import Flask

import api
from components import bundle, shell
from pages._bundle import register_bundle
from pages._pulse import register_pulse
from pages._shell import show_error
from pages._workspace import EXTENSION, owner
from services.background import TableBackgroundManager
from services.collector import exempt_what_is_there, search_rarely
from services.locks import DataDirInUseError, claim_data_dir
from services.logs import configure_logging, logger
from services.operations import OPERATIONS, Operations
from services.routes import ROUTES
from services.secrets import session_secret
from services.settings import Settings, SettingsError, read_settings
from services.supervisor import SupervisorError, SupervisorWatch, ensure_supervisor, stop_supervisor
from services.workspace import Workspace, open_workspace

EXIT_CANNOT_START = 2


def create_app(settings: Settings, workspace: Workspace | None = None) -> Dash:
    """Return the application on `settings`. Starts no process and opens no port: `serve` does."""
    workspace = workspace or open_workspace(settings)
    server = Flask(__name__, static_folder=None)
    server.secret_key = session_secret(settings, workspace.jobs)
    server.extensions[EXTENSION] = workspace
    operations = Operations(workspace)
    server.config.update(SESSION_COOKIE_SAMESITE="Strict", SESSION_COOKIE_HTTPONLY=True)
    own = (bundle.style(), bundle.script())
    app = Dash(
        __name__,
        server=server,
        use_pages=True,
        background_callback_manager=TableBackgroundManager(workspace, owner),
        suppress_callback_exceptions=True,  # pages bring their components later; a test walks all layouts instead
        title="Lookahead",
        update_title=None,
        index_string=shell.INDEX_HTML,
        include_assets_files=False,  # they come as two files
        external_stylesheets=[own[0].path],
        external_scripts=[own[1].path],
        on_error=show_error,
    )
    app.layout = shell.layout
    for each in own:
        register_bundle(server, each)
    register_pulse(server)
    api.keep_libraries(server)
    api.register_api(server, workspace, operations)
    api.protect(server, settings, script_hashes=app.csp_hashes)
    api.add_live_lane(server, settings)
    api.measure(server, operations.latency.recorder, pages=_page_paths, callbacks=lambda: app.callback_map)
    api.measure_dash()
    return app


def serve(settings: Settings) -> None:
    """Serve until interrupted; jobs left in the queue run at the next start.

    Raises DataDirInUseError, PortInUseError or SupervisorError, each naming the way out.
    """
    with ExitStack() as cleanup:
        lock = claim_data_dir(settings, f"http://{settings.host}:{settings.port}")
        cleanup.callback(lock.release)
        application = create_app(settings).server
        exempt_what_is_there()
        search_rarely()
        server = api.create_server(application, settings)
        cleanup.callback(server.close)
        url = f"http://{settings.host}:{server.effective_port}"
        lock.describe(url=url)
        cleanup.callback(application.extensions[ROUTES].close)
        cleanup.callback(stop_supervisor, settings)
        ensure_supervisor(settings)
        watch = SupervisorWatch(settings)
        watch.start()
        cleanup.callback(watch.stop)
        operations: Operations = application.extensions[OPERATIONS]
        operations.start()
        cleanup.callback(operations.stop)
        signal.signal(signal.SIGTERM, _interrupt)
        print(f"Lookahead is at {url}", flush=True)
        logger("app").info("serving", url=url, data_dir=str(settings.data_dir), pages=len(dash.page_registry))
        server.run()


def _page_paths() -> frozenset[str]:
    return frozenset(page["path"] for page in dash.page_registry.values())


def main() -> int:
    """Read the settings and serve; return the exit status."""
    try:
        settings = read_settings()
        configure_logging(settings.log_level)
        serve(settings)
    except SettingsError as error:
        print("The settings cannot be used:", *error.problems, sep="\n  ", file=sys.stderr)
        return EXIT_CANNOT_START
    except (DataDirInUseError, api.PortInUseError, SupervisorError) as error:
        print(error, file=sys.stderr)
        return EXIT_CANNOT_START
    except KeyboardInterrupt:
        pass
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
