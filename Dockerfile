# The service: `docker compose up`, or `docker run product-ops-bot --help`.
FROM python:3.13.9-slim-trixie AS build
WORKDIR /src
RUN pip install --no-cache-dir --disable-pip-version-check uv==0.13.9 && uv venv /opt/opsbot
ENV VIRTUAL_ENV=/opt/opsbot
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY bot ./bot
COPY config ./config
COPY connectors ./connectors
COPY rules ./rules
# The lock is the constraint: only what the service needs is installed, at the locked versions, hashes verified.
RUN uv pip install --no-cache --verify-hashes --constraint requirements.lock ".[postgres]"

FROM python:3.13.9-slim-trixie
LABEL org.opencontainers.image.title="product-ops-bot" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --uid 10001 --create-home --home-dir /var/lib/opsbot opsbot
COPY --from=build /opt/opsbot /opt/opsbot
ENV PATH=/opt/opsbot/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OPSBOT_MODEL=/etc/opsbot/operating-model \
    OPSBOT_DATABASE=sqlite:////var/lib/opsbot/opsbot.db \
    OPSBOT_WEB_HOST=0.0.0.0 \
    OPSBOT_LOG_FORMAT=json
WORKDIR /var/lib/opsbot
USER 10001
VOLUME ["/var/lib/opsbot"]
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
ENTRYPOINT ["opsbot"]
CMD ["run"]
