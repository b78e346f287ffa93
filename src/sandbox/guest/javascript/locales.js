/** Locales for bots: numbers, dates and times as in American English, in UTC. Any other locale or
 *  option throws, because the engine would ignore it and return a plausible but wrong text. The
 *  script runs before any bot. A convenience for bots: the sandbox itself does not depend on it. */
(function () {
  "use strict";
  const { BigInt, Number, RangeError, String, TypeError } = globalThis;
  const { isArray } = Array;

  const isEnglish = (locale) => locale === "en" || locale === "en-US";
  const checkLocale = (call, locales) => {
    if (locales === undefined) return;
    const list = isArray(locales) ? locales : [locales];
    for (let i = 0; i < list.length; i++) {
      if (isEnglish(`${list[i]}`)) continue;
      throw new RangeError(
        `${call}: the locale "${list[i]}" is not supported: a bot has only "en-US"`,
      );
    }
  };
  const checkOptions = (call, options, known, mend) => {
    for (const name in options ?? {}) {
      const value = options[name];
      if (value === undefined) continue;
      const values = known[name];
      if (values === true || isArray(values) && values.includes(value)) continue;
      throw new RangeError(
        values === undefined
          ? `${call}: the option ${name} is not supported: ${mend}`
          : `${call}: ${name} "${value}" is not supported: ${mend}`,
      );
    }
  };

  const SYMBOLS = { __proto__: null, USD: "$", EUR: "€", GBP: "£" };
  const NUMBER_OPTIONS = {
    __proto__: null,
    style: ["decimal", "percent", "currency"],
    currency: ["USD", "EUR", "GBP"],
    minimumFractionDigits: true,
    maximumFractionDigits: true,
    useGrouping: [true, false, "auto"],
  };

  const digitsOf = (value, fallback) => {
    if (value === undefined) return fallback;
    const digits = Number(value);
    if (digits >= 0 && digits <= 20 && digits % 1 === 0) return digits;
    throw new RangeError("toLocaleString: fraction digits must be 0 to 20");
  };

  /** A finite number of at least 0 in decimal digits, without an exponent: [whole, fraction]. */
  const decimal = (value) => {
    const text = String(value);
    if (!text.includes("e")) return text.split(".");
    return value < 1 ? value.toFixed(30).split(".") : [String(BigInt(value))];
  };

  /** The decimal digits of a number; a half is rounded up. */
  const rounded = (value, min, max) => {
    let [whole, fraction = ""] = decimal(value);
    if (fraction.length > max) {
      const up = fraction[max] >= "5" ? 1n : 0n;
      const digits = String(BigInt(whole + fraction.slice(0, max)) + up).padStart(max + 1, "0");
      whole = digits.slice(0, digits.length - max);
      fraction = digits.slice(digits.length - max);
    }
    let end = fraction.length;
    while (end > min && fraction[end - 1] === "0") end--;
    return [whole, fraction.slice(0, end).padEnd(min, "0")];
  };

  const numberText = (value, locales, options) => {
    checkLocale("toLocaleString", locales);
    checkOptions("toLocaleString", options, NUMBER_OPTIONS, "format it by hand, or with toFixed");
    const { style = "decimal", currency, useGrouping = true } = options ?? {};
    if (style === "currency" && currency === undefined) {
      throw new TypeError("toLocaleString: the style currency needs a currency");
    }
    if (value !== value) return "NaN";
    const usual = { decimal: [0, 3], percent: [0, 0], currency: [2, 2] }[style];
    const { minimumFractionDigits, maximumFractionDigits } = options ?? {};
    const given = digitsOf(maximumFractionDigits, undefined);
    const min = digitsOf(minimumFractionDigits, Math.min(usual[0], given ?? usual[0]));
    const max = given ?? Math.max(usual[1], min);
    if (min > max) {
      throw new RangeError(
        "toLocaleString: minimumFractionDigits must not exceed maximumFractionDigits",
      );
    }
    const isNegative = value < 0 || Object.is(value, -0);
    const size = value < 0 ? -value : typeof value === "bigint" ? value : Math.abs(value);
    let text = "∞";
    if (size !== Infinity) {
      const hundredfold = typeof size === "bigint" ? size * 100n : size * 100;
      const [whole, fraction] = rounded(style === "percent" ? hundredfold : size, min, max);
      const grouped = useGrouping ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole;
      text = fraction === "" ? grouped : `${grouped}.${fraction}`;
    }
    const prefix = style === "currency" ? SYMBOLS[currency] : "";
    return `${isNegative ? "-" : ""}${prefix}${text}${style === "percent" ? "%" : ""}`;
  };

  const DATE_OPTIONS = { __proto__: null, timeZone: ["UTC"] };
  const dateText = (call, date, locales, options, part) => {
    checkLocale(call, locales);
    const mend = "a bot's time is UTC: write toISOString(), or format it by hand";
    checkOptions(call, options, DATE_OPTIONS, mend);
    if (date.getTime() !== date.getTime()) return "Invalid Date";
    const two = (value) => `${value}`.padStart(2, "0");
    const day = `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()}`;
    const hour = date.getUTCHours();
    const clock = `${hour % 12 || 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
    const time = `${clock} ${hour < 12 ? "AM" : "PM"}`;
    return part === "day" ? day : part === "time" ? time : `${day}, ${time}`;
  };

  const define = (target, methods) => {
    for (const [name, value] of Object.entries(Object.getOwnPropertyDescriptors(methods))) {
      Object.defineProperty(target, name, { ...value, enumerable: false });
    }
  };
  define(Number.prototype, {
    toLocaleString(locales, options) {
      return numberText(Number.prototype.valueOf.call(this), locales, options);
    },
  });
  define(BigInt.prototype, {
    toLocaleString(locales, options) {
      return numberText(BigInt.prototype.valueOf.call(this), locales, options);
    },
  });
  define(Date.prototype, {
    toLocaleString(locales, options) {
      return dateText("toLocaleString", this, locales, options, "all");
    },
    toLocaleDateString(locales, options) {
      return dateText("toLocaleDateString", this, locales, options, "day");
    },
    toLocaleTimeString(locales, options) {
      return dateText("toLocaleTimeString", this, locales, options, "time");
    },
  });
  const { localeCompare, toLocaleLowerCase, toLocaleUpperCase } = String.prototype;
  const checkCase = (call, locales) => {
    const text = `${locales ?? "en"}`;
    if (!/^(tr|az|lt)\b/i.test(text)) return;
    throw new RangeError(`${call}: the locale "${text}" is not supported: a bot has only "en-US"`);
  };
  define(String.prototype, {
    localeCompare(that, locales, options) {
      if (locales !== undefined || options !== undefined) {
        throw new RangeError(
          "localeCompare: locales and options are not supported: it compares characters by their " +
            "character codes, so compare a.toLowerCase() with b.toLowerCase()",
        );
      }
      return localeCompare.call(this, that);
    },
    toLocaleLowerCase(locales) {
      checkCase("toLocaleLowerCase", locales);
      return toLocaleLowerCase.call(this);
    },
    toLocaleUpperCase(locales) {
      checkCase("toLocaleUpperCase", locales);
      return toLocaleUpperCase.call(this);
    },
  });
  const lists = [Array.prototype, Object.getPrototypeOf(Uint8Array.prototype)];
  for (const list of lists) {
    define(list, {
      toLocaleString(locales, options) {
        const texts = [];
        for (let i = 0; i < this.length; i++) {
          texts[i] = this[i]?.toLocaleString(locales, options) ?? "";
        }
        return texts.join(",");
      },
    });
  }
})();
