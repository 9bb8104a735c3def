using Microsoft.Extensions.Logging;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Millrace.Cli;

/// <summary>
/// Sends metrics, spans and log events to a collector, and what is left when it is disposed. The only file that names OpenTelemetry.
/// A collector that cannot be reached is reported once and costs a run no more than <see cref="Patience"/> at its end.
/// </summary>
internal sealed class OtlpExport : IAsyncDisposable
{
    private const string TimeoutVariable = "OTEL_EXPORTER_OTLP_TIMEOUT";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ExportWatcher _watcher = new();
    private readonly List<IDisposable> _providers = [];

    private OtlpExport()
    {
    }

    /// <summary>Sends what it is given; null when no log events are to be sent.</summary>
    public ILogger? Log { get; private set; }

    public static OtlpExport Start(OtlpSettings settings)
    {
        var export = new OtlpExport();
        if (settings.Traces is { } traces)
        {
            export._providers.Add(OpenTelemetry.Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(Resource())
                .AddSource(Runtime.Metrics.Source)
                .AddOtlpExporter(o => Set(o, traces))
                .Build());
        }

        if (settings.Metrics is { } metrics)
        {
            export._providers.Add(OpenTelemetry.Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(Resource())
                .AddMeter(Runtime.Metrics.Source, Runtime.Metrics.RowSource)
                .AddOtlpExporter(o => Set(o, metrics))
                .Build());
        }

        if (settings.Logs is { } logs)
        {
            ILoggerFactory factory = LoggerFactory.Create(b => b
                .SetMinimumLevel(LogLevels.Parse(settings.Level))
                .AddOpenTelemetry(o =>
                {
                    o.IncludeFormattedMessage = true;
                    o.SetResourceBuilder(Resource()).AddOtlpExporter(e => Set(e, logs));
                }));
            export.Log = factory.CreateLogger(Runtime.Metrics.Source);
            export._providers.Add(factory);
        }

        return export;
    }

    public async ValueTask DisposeAsync()
    {
        // All at once: an endpoint that swallows everything takes its time for each signal.
        Task ends = Task.WhenAll(_providers.Select(p => Task.Run(p.Dispose)));
        await Task.WhenAny(ends, Task.Delay(Patience)).ConfigureAwait(false);
        _watcher.Dispose();
    }

    private static void Set(OtlpExporterOptions options, OtlpEndpoint endpoint)
    {
        options.Endpoint = endpoint.Url;
        options.Protocol = endpoint.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(TimeoutVariable)))
        {
            options.TimeoutMilliseconds = (int)Patience.TotalMilliseconds;
        }
    }

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last: they win.
    private static ResourceBuilder Resource()
        => ResourceBuilder.CreateEmpty().AddService("millrace", serviceVersion: Build.Version).AddTelemetrySdk().AddEnvironmentVariableDetector();
}
