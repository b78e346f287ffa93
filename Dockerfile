# A small image that runs as a user without rights; all it keeps is in the volume /app/data.
FROM denoland/deno:2.9.6
WORKDIR /app
RUN mkdir -p data && chown -R deno:deno /app
USER deno

# Dependencies first, so that a change of the source does not fetch them again.
COPY --chown=deno:deno deno.json deno.lock ./
RUN deno install --frozen
COPY --chown=deno:deno . .
RUN deno task fetch && deno task build

ENV HOST=0.0.0.0 PORT=8100
EXPOSE 8100
VOLUME /app/data
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["deno", "eval", "const r = await fetch('http://127.0.0.1:' + Deno.env.get('PORT') + '/healthz'); Deno.exit(r.ok ? 0 : 1)"]
CMD ["deno", "task", "start"]
