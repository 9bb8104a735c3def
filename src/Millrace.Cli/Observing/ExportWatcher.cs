using System.Diagnostics.Tracing;

namespace Millrace.Cli;

/// <summary>Says once on standard error that telemetry could not be sent. The library itself reports that only to who asks for its events.</summary>
internal sealed class ExportWatcher : EventListener
{
    private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

    private int _told;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Exporter)
        {
            EnableEvents(eventSource, EventLevel.Warning);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventSource.Name == Exporter && Interlocked.Exchange(ref _told, 1) == 0)
        {
            // The payload of an exception is its whole trace; its first line says what there is to know.
            string what = string.Join(" ", (eventData.Payload ?? []).OfType<string>().Select(p => p.Split('\n')[0].Trim()));
            Console.Error.WriteLine($"warning: telemetry could not be sent; the runs go on. {what}");
        }
    }
}
