"""A bare echo bot as python-telegram-bot's documentation builds one for an own web server. It keeps nothing: what is in memory dies with it.

Run: python benchmarks/echo/ptb.py API TOKEN SECRET
"""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web
from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Says what it heard."""
    if update.message and update.message.text:
        await update.message.reply_text(update.message.text)


async def main(api: str, token: str, secret: str) -> None:
    """Serve until killed; print the port."""
    # One update after the other, the library's default: with `concurrent_updates` it was slower here.
    application = ApplicationBuilder().token(token).base_url(f"{api}/bot").updater(None).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))

    async def receive(request: web.Request) -> web.Response:
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != secret:
            return web.Response(status=403)
        await application.update_queue.put(Update.de_json(await request.json(), application.bot))
        return web.Response()

    app = web.Application()
    app.router.add_post("/{tail:.*}", receive)
    runner = web.AppRunner(app, access_log=None)
    async with application:
        await application.start()
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
