using System.Diagnostics.Metrics;

namespace Millrace.Runtime.Tests.Observability;

/// <summary>Keeps every value that the meter gives for one tenant; other tests run at the same time under other tenants.</summary>
internal sealed class MetricRecorder : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<RecordedValue> _values = [];
    private readonly string _tenant;

    public MetricRecorder(string tenant)
    {
        _tenant = tenant;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Metrics.Source)
            {
                lock (_values)
                {
                    Instruments.Add(instrument);
                }

                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
    }

    public List<Instrument> Instruments { get; } = [];

    public IReadOnlyList<RecordedValue> All
    {
        get
        {
            lock (_values)
            {
                return [.. _values];
            }
        }
    }

    public IReadOnlyList<RecordedValue> Of(MetricInfo metric) => [.. All.Where(v => v.Name == metric.Name)];

    public double Sum(MetricInfo metric) => Of(metric).Sum(v => v.Value);

    /// <summary>Asks for the values that are only given when somebody asks.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, object? tag) in tags)
        {
            map.Add(name, (string)tag!);
        }

        if (map.GetValueOrDefault(Metrics.Tenant, _tenant) == _tenant)
        {
            lock (_values)
            {
                _values.Add(new RecordedValue(instrument.Name, value, map));
            }
        }
    }
}

internal sealed record RecordedValue(string Name, double Value, IReadOnlyDictionary<string, string> Tags);
