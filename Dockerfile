# The final image holds the program, the certificates it trusts and an empty
# data folder. It brings no Postgres: give it DATABASE_URL.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /wherefore ./web && mkdir /data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /wherefore /wherefore
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
ENV WHEREFORE_LISTEN=:8080 WHEREFORE_DATA_DIR=/data
EXPOSE 8080
VOLUME /data
HEALTHCHECK --interval=10s --timeout=4s --start-period=60s CMD ["/wherefore", "healthcheck"]
ENTRYPOINT ["/wherefore"]
CMD ["serve"]
