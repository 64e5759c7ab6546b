# A static binary alone, run by nobody in particular, with a root that may be read-only: only /data is written to.
# There is no shell in it: probe GET /healthz and /readyz over HTTP, and run commands as: docker exec NAME /stator COMMAND.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN mkdir -p /out/data && CGO_ENABLED=0 go build -tags grpcnotrace -trimpath -ldflags=-s -o /out/stator ./cmd/stator

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build /out/stator /stator
USER 65532:65532
ENV STATOR_DATA=/data STATOR_LISTEN=0.0.0.0:8000
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["/stator"]
CMD ["serve"]
