/// <reference path="../../../../bots/bot.d.ts" />
