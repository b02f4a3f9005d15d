"""What PyInstaller has to bundle besides the modules that it finds: messages, pages, shipped rules and cases."""

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

datas = collect_data_files("dutyroute")
# Commands and optional parts are loaded when they are asked for. The plugin is for pytest alone.
hiddenimports = collect_submodules("dutyroute", lambda name: name != "dutyroute.pytest_plugin")
