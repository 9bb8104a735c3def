using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

/// <summary>Brings the rows of tables to a running query, round by round, and kills and restores it where the variant says so.</summary>
internal sealed class StreamDriver : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly StreamPlan _plan;
    private readonly IReadOnlyList<StreamTable> _tables;
    private readonly StreamVariant _variant;
    private readonly StreamSettings _settings;
    private readonly Random? _random;
    private readonly List<StateRecord> _saved = [];
    private readonly List<(string Row, long Weight)> _given = [];
    private StreamRun _run;

    /// <summary>How a row is written.</summary>
    public Func<RecordBatch, int, int, string> Text { get; init; } = StreamKit.Text;

    public StreamDriver(StreamPlan plan, IReadOnlyList<StreamTable> tables, StreamVariant variant, StreamSettings settings)
    {
        (_plan, _tables, _variant, _settings) = (plan, tables, variant, settings);
        _random = variant.Restarts is { } seed ? new Random(seed) : null;
        _run = Open(variant.Lanes);
    }

    /// <summary>Runs to the end of all tables; all that was given, rows as text with their weights.</summary>
    public async Task<List<(string Row, long Weight)>> RunAsync()
    {
        int rounds = Math.Max(1, _plan.Inputs.Select(i => (TableOf(i).All.Length + _variant.BatchRows - 1) / _variant.BatchRows).DefaultIfEmpty(0).Max());
        int savedRounds = 0;
        int savedGiven = 0;
        int kills = 0;
        for (int round = 0; round < rounds; round++)
        {
            await RoundAsync(round, round == rounds - 1);
            if (_random is null || round == rounds - 1)
            {
                continue;
            }

            if (_random.Next(3) == 0)
            {
                Save();
                (savedRounds, savedGiven) = (round + 1, _given.Count);
            }

            if (kills < 3 && _random.Next(5) == 0)
            {
                // What was given since the last checkpoint was never committed.
                kills++;
                Restore();
                _given.RemoveRange(savedGiven, _given.Count - savedGiven);
                round = savedRounds - 1;
            }
        }

        return _given;
    }

    public void Dispose()
    {
        _run.Dispose();
        _saved.ForEach(s => s.Rows.Dispose());
    }

    private StreamTable TableOf(StreamInput input) => _tables.First(t => t.Name == input.Table.Name);

    private StreamRun Open(int lanes) => new(_plan, new QueryContext { Lanes = lanes }, _settings);

    private async Task RoundAsync(int round, bool isLast)
    {
        foreach (StreamInput input in _plan.Inputs)
        {
            RecordBatch all = TableOf(input).All;
            int start = Math.Min(all.Length, round * _variant.BatchRows);
            int count = Math.Min(all.Length - start, _variant.BatchRows);
            for (int split = 0; split < _variant.Splits; split++)
            {
                _run.BeginSplit(input.Number, $"s{split}");
            }

            using RecordBatch wanted = all.Select([.. input.Columns.Select(all.Schema.Require)]);
            int share = (count + _variant.Splits - 1) / _variant.Splits;
            for (int split = 0; split < _variant.Splits && split * share < count; split++)
            {
                using RecordBatch rows = wanted.Slice(start + (split * share), Math.Min(share, count - (split * share)));
                _run.Push(input.Number, $"s{split}", rows);
            }

            if (isLast)
            {
                _run.EndInput(input.Number);
            }
        }

        foreach (RecordBatch batch in await _run.RunRoundAsync(Start.AddSeconds(round), default))
        {
            using (batch)
            {
                for (int row = 0; row < batch.Length; row++)
                {
                    long weight = _plan.IsChanges ? Weights.Of(batch)[row] : 1;
                    Assert.NotEqual(0, weight);
                    _given.Add((Text(batch, row, _plan.Schema.Count), weight));
                }
            }
        }
    }

    private void Save()
    {
        bool full = _random!.Next(4) == 0;
        if (full)
        {
            _saved.ForEach(s => s.Rows.Dispose());
            _saved.Clear();
        }

        _run.Export(new Sink(_saved), full);
    }

    private void Restore()
    {
        _run.Dispose();
        _run = Open(_random!.Next(1, _variant.Lanes + 2));
        foreach (StateRecord record in _saved)
        {
            _run.Import(record);
        }
    }

    private sealed class Sink(List<StateRecord> records) : IStateSink
    {
        public void Write(string stage, string table, StateChange change, RecordBatch rows)
        {
            Assert.True(rows.Length > 0);
            records.Add(new StateRecord(stage, table, change, rows.Share()));
        }
    }
}
