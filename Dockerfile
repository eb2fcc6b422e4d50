# vidcheck with ffmpeg, for machines where neither is to be installed:
#
#   docker build -t vidcheck .
#   docker run --rm --network none -v "$PWD:/data:ro" vidcheck check /data/entries
#   docker run --rm --network none -u "$(id -u)" -v "$PWD:/data" vidcheck check /data/entries --report /data/report.html
FROM python:3.12-slim AS build
WORKDIR /src
COPY . .
RUN python -m venv /opt/vidcheck && /opt/vidcheck/bin/pip install --no-cache-dir ".[xlsx,forms,letters]"

FROM python:3.12-slim
RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home vidcheck
COPY --from=build /opt/vidcheck /opt/vidcheck
USER vidcheck
WORKDIR /data
ENV PATH=/opt/vidcheck/bin:$PATH VIDCHECK_CACHE_DIR=/tmp/vidcheck-cache
ENTRYPOINT ["vidcheck"]
CMD ["--help"]
