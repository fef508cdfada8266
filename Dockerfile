# One image for web, worker and beat; docker-compose.yml says which of them runs.
FROM python:3.12-slim-bookworm AS wheels
WORKDIR /wheels
COPY requirements.lock .
RUN pip wheel --no-cache-dir --require-hashes --wheel-dir . -r requirements.lock

FROM python:3.12-slim-bookworm
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/srv/data \
    STATIC_ROOT=/srv/static
RUN useradd --system --uid 10001 --home-dir /srv/opsdesk opsdesk \
    && install -d -o opsdesk -g opsdesk -m 700 /srv/data \
    && install -d /srv/static
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels --require-hashes -r /wheels/requirements.lock
WORKDIR /srv/opsdesk
COPY . .
# Collecting needs no database; it writes its throw-away keys into a folder that ends with the step.
RUN DATA_DIR=/tmp/collect python manage.py collectstatic --no-input && rm -rf /tmp/collect
USER opsdesk
VOLUME /srv/data
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "opsdesk.wsgi:application", "--bind", "0.0.0.0:8000", "--preload", \
     "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", \
     "--no-control-socket", "--graceful-timeout", "20"]
