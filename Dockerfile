# A static binary, nobody's account, and a root that cannot be written:
#   docker build -t quietline .
#   docker run --read-only --user 65532:65532 --cap-drop ALL --security-opt no-new-privileges \
#     -v /run/quietline:/run/quietline -v /var/lib/quietline:/var/lib/quietline \
#     -v /etc/quietline:/etc/quietline:ro -p 127.0.0.1:8080:8080 -p 127.0.0.1:8081:8081 quietline
# /run/quietline is the host's own tmpfs, so that conversations in memory outlive the container, not the machine. Inside,
# public_listen and desk_listen need 0.0.0.0 and insecure = true; the https proxy stands on the host.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o /quietline ./cmd/quietline

FROM scratch
COPY --from=build /quietline /quietline
USER 65532:65532
ENTRYPOINT ["/quietline"]
CMD ["serve", "--config", "/etc/quietline/quietline.toml"]
