# syntax=docker/dockerfile:1

# The page. It is the same for every platform, so it is built on the one that builds.
FROM --platform=$BUILDPLATFORM node:22-slim AS page
WORKDIR /src/Chat.Web
COPY Chat.Web/package.json Chat.Web/package-lock.json Chat.Web/.npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY Chat.Web ./
RUN npm run --silent build

# The server: portable code, the native SQLite of each platform with it.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS server
WORKDIR /src
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY Chat.Contracts/Chat.Contracts.csproj Chat.Contracts/packages.lock.json Chat.Contracts/
COPY Chat.Server/Chat.Server.csproj Chat.Server/Chat.Web.targets Chat.Server/packages.lock.json Chat.Server/
RUN --mount=type=cache,target=/root/.nuget/packages dotnet restore Chat.Server --locked-mode
COPY .editorconfig ./
COPY Chat.Contracts Chat.Contracts
COPY Chat.Server Chat.Server
COPY --from=page /src/Chat.Web/dist Chat.Web/dist
RUN --mount=type=cache,target=/root/.nuget/packages \
    dotnet publish Chat.Server --no-restore --configuration Release -p:SkipPage=true -p:UseAppHost=false --output /app && \
    mkdir /chat && mkdir -m 700 /chat/data

# No shell, no package manager, not root. "extra" has ICU: names compare by Unicode's rules.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra
COPY --from=server /app /app
# An empty folder that belongs to the server, so that a volume mounted there does too.
COPY --from=server --chown=$APP_UID:$APP_UID /chat /chat
WORKDIR /chat
VOLUME /chat/data
USER $APP_UID
EXPOSE 8080
# Each check starts a .NET program, a quarter of a second of a processor: often while somebody waits for the start, seldom later.
HEALTHCHECK --interval=30s --timeout=20s --start-period=2m --start-interval=5s --retries=3 \
    CMD ["dotnet", "/app/Chat.Server.dll", "health"]
ENTRYPOINT ["dotnet", "/app/Chat.Server.dll"]
