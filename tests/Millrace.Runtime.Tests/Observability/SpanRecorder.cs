using System.Diagnostics;

namespace Millrace.Runtime.Tests.Observability;

/// <summary>Keeps the spans of one tenant.</summary>
internal sealed class SpanRecorder : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly List<Activity> _spans = [];

    public SpanRecorder(string tenant)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Metrics.Source,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (span.GetTagItem("tenant") is string of && of == tenant)
                {
                    lock (_spans)
                    {
                        _spans.Add(span);
                    }
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>In the order in which they ended.</summary>
    public Activity[] All
    {
        get
        {
            lock (_spans)
            {
                return [.. _spans];
            }
        }
    }

    public Activity[] Of(string name) => [.. All.Where(s => s.OperationName == name)];

    public void Dispose() => _listener.Dispose();
}
