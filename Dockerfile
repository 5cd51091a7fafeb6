# Exact versions, no digests: those could not be looked up where this was written. To pin them too, after a pull:
# docker image inspect --format '{{index .RepoDigests 0}}' python:3.13.7-slim-bookworm
FROM python:3.13.7-slim-bookworm AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/jangnal \
    && /opt/jangnal/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY pyproject.toml ./
COPY media media
COPY villages villages
COPY market market
COPY storefront storefront
RUN /opt/jangnal/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13.7-slim-bookworm
# DATA_DIR exists with its owner, so that a new named volume takes the owner over.
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin jangnal \
    && install --directory --owner=jangnal --group=jangnal --mode=0700 /var/lib/jangnal
COPY --from=build /opt/jangnal /opt/jangnal
ENV PATH=/opt/jangnal/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ENVIRONMENT=production \
    DATA_DIR=/var/lib/jangnal
WORKDIR /var/lib/jangnal
USER 10001:10001
EXPOSE 8000
ENTRYPOINT ["jangnal"]
CMD ["serve", "--no-worker", "--workers", "2", "--host", "0.0.0.0"]
