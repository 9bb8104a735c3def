namespace Millrace.Cli;

/// <summary>Where telemetry goes, from <c>--otlp</c> and the standard variables of OpenTelemetry.</summary>
/// <param name="Level">The least level of log events that are sent, as <c>--log-level</c> names it.</param>
/// <param name="Traces">Endpoint of spans; null sends none.</param>
/// <param name="Metrics">Endpoint of metrics; null sends none.</param>
/// <param name="Logs">Endpoint of log events; null sends none.</param>
internal sealed record OtlpSettings(string Level, OtlpEndpoint? Traces, OtlpEndpoint? Metrics, OtlpEndpoint? Logs)
{
    private const int GrpcPort = 4317;

    /// <summary>Null when nothing is to be sent anywhere.</summary>
    /// <param name="url">What <c>--otlp</c> says; it goes before the variables.</param>
    /// <param name="level">The least level of log events.</param>
    /// <param name="variable">The environment.</param>
    public static OtlpSettings? Of(string? url, string level, Func<string, string?> variable)
    {
        if (string.Equals(variable("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var settings = new OtlpSettings(
            level,
            Endpoint("TRACES", "v1/traces", url, variable),
            Endpoint("METRICS", "v1/metrics", url, variable),
            level == "none" ? null : Endpoint("LOGS", "v1/logs", url, variable));
        return settings is { Traces: null, Metrics: null, Logs: null } ? null : settings;
    }

    public static bool IsUrl(string text)
        => Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);

    // The URL of one signal is taken as it is, the common one is a base: OpenTelemetry, "Endpoint URLs for OTLP/HTTP".
    private static OtlpEndpoint? Endpoint(string signal, string path, string? url, Func<string, string?> variable)
    {
        string? Read(string name) => variable(name) is { Length: > 0 } value ? value : null;

        string? own = url is null ? Read($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT") : null;
        string? common = url ?? Read("OTEL_EXPORTER_OTLP_ENDPOINT");
        if (Read($"OTEL_{signal}_EXPORTER") is "none" || (own ?? common) is not { } endpoint)
        {
            return null;
        }

        if (!IsUrl(endpoint))
        {
            throw UsageErrors.Usage.Error($"The endpoint of OpenTelemetry is '{endpoint}', which is no URL such as http://localhost:4318.");
        }

        var uri = new Uri(endpoint);
        string? protocol = Read($"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL") ?? Read("OTEL_EXPORTER_OTLP_PROTOCOL");
        bool grpc = protocol is null ? uri.Port == GrpcPort : protocol == "grpc";
        return new OtlpEndpoint(own is not null || grpc ? uri : new Uri(endpoint.TrimEnd('/') + '/' + path), grpc);
    }
}

/// <summary>Where one signal goes.</summary>
/// <param name="Url">The whole URL.</param>
/// <param name="Grpc">By gRPC; else protobuf over HTTP.</param>
internal sealed record OtlpEndpoint(Uri Url, bool Grpc);
