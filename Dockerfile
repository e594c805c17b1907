# The published image: operator, agent and command line. Same layout as e2e/cluster/node-image.ts.
# BuildKit's own frontend is enough: a `syntax` line would pull one more image. Its predecessor would also build `local`.
# BUNDLE=build makes dist/ from source; BUNDLE=local takes the dist/ of the checkout (Tilt).
# ENTRY is the program to build, where it is another one of the checkout: examples/shop/main.ts.
ARG BUNDLE=build

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY bpf bpf
COPY src src
COPY examples examples
ARG ENTRY=src/cli/main.ts
RUN node src/cli/build.ts "$ENTRY" && mv dist /bundle

FROM scratch AS local
COPY dist /bundle

FROM ${BUNDLE} AS bundle

FROM node:24.21.0-bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends libbpf1 libelf1 ca-certificates \
    && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /opt/ostack
COPY --from=bundle /bundle ./
# A bundle is one program, whatever its name.
RUN ln -s *.mjs program
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/node", "/opt/ostack/program"]
