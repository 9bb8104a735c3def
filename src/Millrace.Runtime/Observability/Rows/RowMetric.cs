using System.Diagnostics.Metrics;
using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;

namespace Millrace.Runtime;

/// <summary>One metric: its condition, field and labels as a query over batches, and what it has counted since the last commit. One thread uses it.</summary>
internal sealed class RowMetric : IDisposable
{
    // Values of a histogram that wait for their commit; of longer epochs the earlier ones are told before.
    private const int MostValues = 1 << 16;

    private readonly MetricAnnotation _metric;
    private readonly Instrument<double> _instrument;
    private readonly RowLane _lane;
    private readonly int[] _columns;
    private readonly SeriesTable _series;
    private readonly BinaryColumn[] _labels;
    private readonly List<MetricSeries> _touched = [];
    private readonly Action<string> _note;
    private double _credit;
    private int _waiting;
    private bool _toldFault;
    private bool _toldFull;
    private bool _toldNegative;

    /// <param name="metric">What it is.</param>
    /// <param name="query">Gives the field as a double where there is one, then the labels as text, for the rows that count.</param>
    /// <param name="columns">The columns of a batch that the query reads.</param>
    /// <param name="context">Its tags, time and limits.</param>
    public RowMetric(MetricAnnotation metric, RowQuery query, int[] columns, RowMetricsContext context)
    {
        _metric = metric;
        _instrument = RowInstruments.Get(metric);
        _columns = columns;
        _note = context.Note;
        _series = new SeriesTable([.. metric.Labels.Select(l => ((NameSyntax)l.Syntax).Name.Last.Text)], [.. context.Tags], context.MaxSeries);
        _labels = new BinaryColumn[metric.Labels.Count];
        _lane = query.Open(new QueryContext { Evaluation = context.Evaluation, Lanes = 1, OnRowFaults = (_, faults) => TellFault(faults[0].Message) });
    }

    public void Add(RecordBatch batch)
    {
        using RecordBatch input = batch.Select(_columns);
        using RecordBatch? rows = _lane.Run(input);
        if (rows is null)
        {
            return;
        }

        int first = _metric.Field is null ? 0 : 1;
        for (int i = 0; i < _labels.Length; i++)
        {
            _labels[i] = (BinaryColumn)rows[first + i];
        }

        FixedColumn<double>? values = first == 0 ? null : (FixedColumn<double>)rows[0];
        if (_labels.Length == 0 && values is null && _metric.SampleRate == 1)
        {
            Touch(_series.Find([], 0)).Value += rows.Length;
            return;
        }

        for (int row = 0; row < rows.Length; row++)
        {
            if (values is null || !(values.IsNull(row) || double.IsNaN(values.Values[row])))
            {
                Add(row, values is null ? 1 : values.Values[row]);
            }
        }

        if (_series.IsFull && !_toldFull)
        {
            _toldFull = true;
            _note($"metric {_metric.Name}: its labels have more values than are kept; further ones count as {SeriesTable.Other}");
        }
    }

    /// <summary>Tells what was added since the last commit.</summary>
    public void Commit()
    {
        foreach (MetricSeries series in _touched)
        {
            if (_metric.Type == MetricType.Histogram)
            {
                Tell(series);
            }
            else
            {
                RowInstruments.Record(_instrument, series.Value, series.Tags);
            }
        }

        Discard();
    }

    /// <summary>Forgets what was added since the last commit.</summary>
    public void Discard()
    {
        foreach (MetricSeries series in _touched)
        {
            series.IsTouched = false;
            series.Value = 0;
            series.Values.Clear();
        }

        _touched.Clear();
        _waiting = 0;
    }

    public void Dispose() => _lane.Dispose();

    // Every n-th row rather than rows by chance, so that the same rows give the same figures.
    private void Add(int row, double value)
    {
        _credit += _metric.SampleRate;
        if (_credit < 1)
        {
            return;
        }

        _credit -= 1;
        MetricSeries series = Touch(_series.Find(_labels, row));
        switch (_metric.Type)
        {
            case MetricType.Gauge:
                series.Value = value;
                break;
            case MetricType.Histogram:
                series.Values.Add(value);
                if (++_waiting >= MostValues)
                {
                    _touched.ForEach(Tell);
                    _waiting = 0;
                }

                break;
            case MetricType.Counter when value < 0:
                TellNegative(value);
                break;
            default:
                series.Value += value / _metric.SampleRate;
                break;
        }
    }

    private MetricSeries Touch(MetricSeries series)
    {
        if (!series.IsTouched)
        {
            series.IsTouched = true;
            _touched.Add(series);
        }

        return series;
    }

    private void Tell(MetricSeries series)
    {
        foreach (double value in series.Values)
        {
            RowInstruments.Record(_instrument, value, series.Tags);
        }

        series.Values.Clear();
    }

    private void TellFault(string message)
    {
        if (!_toldFault)
        {
            _toldFault = true;
            _note($"metric {_metric.Name}: rows that it cannot be computed for do not count in it: {message}");
        }
    }

    private void TellNegative(double value)
    {
        if (!_toldNegative)
        {
            _toldNegative = true;
            _note(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"metric {_metric.Name}: a counter only grows; rows whose field is negative, such as {value}, do not count"));
        }
    }
}
