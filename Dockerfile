# One image for web, worker, beat and migrate; compose.yaml says which runs what.

FROM python:3.13-slim AS build
COPY requirements-uv.txt requirements-s3.txt /
RUN pip install --no-cache-dir --require-hashes -r /requirements-uv.txt \
    && python -m venv --without-pip /venv
# With the S3 client: frames may go to a bucket (STILLS_BUCKET).
RUN uv pip sync --no-cache --compile-bytecode --python /venv/bin/python --require-hashes /requirements-s3.txt
COPY . /dailies
WORKDIR /dailies
# Hashed and compressed names, made once; DATA_DIR is only for this step's throw-away secrets.
RUN STATIC_FROM_SOURCE=0 DATA_DIR=/tmp/build \
    /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && /venv/bin/python -m compileall -q studio generations

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin dailies \
    && install -d -o dailies -g dailies /data /data/media
COPY --from=build /venv /venv
COPY --from=build /dailies /dailies
WORKDIR /dailies
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STATIC_FROM_SOURCE=0 \
    DATA_DIR=/data
USER dailies
VOLUME /data
EXPOSE 8000
# From inside, so that neither TLS nor the outer name matters (SECURE_REDIRECT_EXEMPT).
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "-c", \
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# gthread measured best; its heartbeat file must not wait for a disk.
CMD ["gunicorn", "studio.wsgi:application", "--bind", "0.0.0.0:8000", \
    "--worker-class", "gthread", "--workers", "2", "--threads", "4", \
    "--worker-tmp-dir", "/dev/shm", "--no-control-socket", \
    "--logger-class", "studio.running.web_logs.WebLogger"]
