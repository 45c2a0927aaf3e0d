"""What shell.yaml finds, and what it lets pass. Never run."""

import asyncio
import os
import subprocess


async def planted(name):
    # ruleid: shell
    subprocess.run(f"ls {name}", shell=True, check=True)
    # ruleid: shell
    os.system("ls " + name)
    # ruleid: shell
    os.popen(name)
    # ruleid: shell
    await asyncio.create_subprocess_shell(name)


async def fine(name):
    # ok: shell
    subprocess.run(["ls", "--", name], check=True)
    # ok: shell
    await asyncio.create_subprocess_exec("ls", "--", name)
