using System.Globalization;
using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Parsing;
using Millrace.Sql.Streaming;

namespace Millrace.Runtime.Sql;

/// <summary>
/// Runs the query of a test as a stream: the rows of its tables come bit by bit, side by side, by a clock of the test. What is
/// judged is what the changes add up to, and, where it is asked for, the changes themselves.
/// </summary>
internal sealed class StreamTrial : IDisposable
{
    private const string Split = "rows";

    private readonly SqlSession _session;
    private readonly StreamPlan _plan;
    private readonly StreamSettings _settings;
    private readonly StreamSpec _spec;
    private readonly List<StateRecord> _state = [];
    private readonly List<string?[]> _changes = [];
    private readonly List<(RecordBatch Rows, long Weight)> _given = [];
    private StreamRun _run;
    private long _late;

    private StreamTrial(SqlSession session, StreamPlan plan, StreamSettings settings, StreamSpec spec, int lanes)
    {
        (_session, _plan, _settings, _spec) = (session, plan, settings, spec);
        _run = Open(lanes);
    }

    /// <summary>What does not hold, a sentence each.</summary>
    public static async Task<IReadOnlyList<string>> JudgeAsync(SqlSession session, QuerySyntax query, StreamSpec spec, ExpectSpec expect, CancellationToken cancellation)
    {
        if (expect.Changes is not null && spec.BatchRows is null)
        {
            throw SuiteErrors.BadSuite.Error("What changes a stream gives depends on how many rows come at once, and `stream` does not say how many.", expect.Changes.Place, "Add batch_rows: 1 under stream.");
        }

        if (spec.BatchRows is { } rows)
        {
            return await JudgeAsync(session, query, spec, expect, new Way(rows, 1, false), cancellation).ConfigureAwait(false);
        }

        foreach (Way way in (Way[])[new(1, 1, false), new(2, 2, true), new(int.MaxValue, 3, false)])
        {
            IReadOnlyList<string> faults = await JudgeAsync(session, query, spec, expect, way, cancellation).ConfigureAwait(false);
            if (faults.Count > 0)
            {
                return [.. faults.Select(f => $"{f} ({way})")];
            }
        }

        return [];
    }

    public void Dispose()
    {
        _run.Dispose();
        _state.ForEach(s => s.Rows.Dispose());
        _given.ForEach(g => g.Rows.Dispose());
    }

    private static async Task<IReadOnlyList<string>> JudgeAsync(SqlSession session, QuerySyntax query, StreamSpec spec, ExpectSpec expect, Way way, CancellationToken cancellation)
    {
        session.BadRows.Take();
        var settings = new StreamSettings
        {
            Emit = spec.Emit ?? query.Emit,
            Late = spec.Late,
            AllowedLateness = spec.AllowedLateness,
            StateTimeToLive = spec.StateTtl,
        };
        var catalog = new SqlCatalog(session, session.RowErrors(), new WidenedTypes());
        await using (catalog.ConfigureAwait(false))
        {
            BoundQuery bound = await QueryBinder.BindAsync(query, catalog, session.Functions, cancellation).ConfigureAwait(false);
            StreamPlan plan = await StreamPlanner.PlanAsync(bound, session.Functions, settings, cancellation).ConfigureAwait(false);
            using var trial = new StreamTrial(session, plan, settings, spec, way.Lanes);
            await trial.RunAsync(way, cancellation).ConfigureAwait(false);
            return await trial.CheckAsync(expect, cancellation).ConfigureAwait(false);
        }
    }

    private StreamRun Open(int lanes) => new(_plan, _session.Context(_session.RowErrors(), CancellationToken.None) with { Lanes = lanes }, _settings);

    private async Task RunAsync(Way way, CancellationToken cancellation)
    {
        var tables = new List<RecordBatch>();
        try
        {
            foreach (StreamInput input in _plan.Inputs)
            {
                tables.Add(await ReadAsync(input, cancellation).ConfigureAwait(false));
            }

            int longest = tables.Select(t => t.Length).DefaultIfEmpty(0).Max();
            DateTimeOffset clock = _session.Time.GetUtcNow();
            int at = 0;
            do
            {
                int count = Math.Min(way.BatchRows, longest - at);
                for (int i = 0; i < tables.Count; i++)
                {
                    Push(i, tables[i], at, count, at + count >= longest);
                }

                Take(await _run.RunRoundAsync(clock, cancellation).ConfigureAwait(false));
                clock += _spec.ClockStep;
                at += count;
                if (way.Restarts && at < longest)
                {
                    Restart(way.Lanes);
                }
            }
            while (at < longest);
            _late += LateNow();
        }
        finally
        {
            tables.ForEach(t => t.Dispose());
        }
    }

    // All rows of a table, in its order.
    private static async Task<RecordBatch> ReadAsync(StreamInput input, CancellationToken cancellation)
    {
        if (input.Table.IsUnbounded)
        {
            throw SuiteErrors.BadSuite.Error($"The rows of {input.Table.Name} never end, and a test has to.");
        }

        var rows = new List<RecordBatch>();
        ITableScan scan = await input.Table.ScanAsync(new TableRequest(input.Columns, []), cancellation).ConfigureAwait(false);
        await using (scan.ConfigureAwait(false))
        {
            try
            {
                while (await scan.NextPartAsync(cancellation).ConfigureAwait(false) is { } part)
                {
                    await using (part.ConfigureAwait(false))
                    {
                        while (await part.ReadAsync(cancellation).ConfigureAwait(false) is { } batch)
                        {
                            rows.Add(batch);
                        }
                    }
                }

                return rows.Count > 0 ? Concat.Batches(rows) : SuiteRows.NoRows(scan.Schema);
            }
            finally
            {
                rows.ForEach(r => r.Dispose());
            }
        }
    }

    private void Push(int input, RecordBatch table, int at, int count, bool isLast)
    {
        _run.BeginSplit(input, Split);
        int rows = Math.Min(count, table.Length - at);
        if (rows > 0)
        {
            using RecordBatch some = table.Slice(at, rows);
            _run.Push(input, Split, some);
        }

        if (isLast)
        {
            _run.EndInput(input);
        }
    }

    private void Take(IReadOnlyList<RecordBatch> batches)
    {
        foreach (RecordBatch batch in batches)
        {
            using (batch)
            {
                var cells = new List<string?[]>();
                using RecordBatch rows = _plan.IsChanges ? Weights.Strip(batch) : batch.Share();
                RowText.Append(rows, cells);
                for (int row = 0; row < rows.Length; row++)
                {
                    long weight = _plan.IsChanges ? Weights.Of(batch)[row] : 1;
                    _given.Add((rows.Slice(row, 1), weight));
                    _changes.AddRange(Enumerable.Repeat<string?[]>([weight > 0 ? "+I" : "-D", .. cells[row]], (int)Math.Abs(weight)));
                }
            }
        }
    }

    private void Restart(int lanes)
    {
        _run.Export(new StateList(_state), full: false);
        _late += LateNow();
        _run.Dispose();
        _run = Open(lanes);
        _state.ForEach(s => _run.Import(s));
    }

    private long LateNow() => _run.Status.Stages.Sum(s => s.LateRows);

    private async Task<IReadOnlyList<string>> CheckAsync(ExpectSpec expect, CancellationToken cancellation)
    {
        MemoryTable result = Fold();
        _session.Add(result);
        if (expect.Error is { } code)
        {
            return [$"the error {code} was expected, and the query gave {result.RowEstimate} rows"];
        }

        var checks = new ResultChecks(_session, result, expect);
        var faults = new List<string>(await checks.RunAsync(cancellation).ConfigureAwait(false));
        if (expect.Changes is { } changes)
        {
            using MemoryTable expected = SuiteRows.Table("changes", new Schema([new Field("change", DataType.Utf8), .. _plan.Schema.Fields]), changes);
            faults.AddRange(new ResultChecks(_session, result, expect).CompareChanges(expected, _changes));
        }

        if (expect.LateRows is { } late && late != _late)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"{late} late rows were expected, {_late} found"));
        }

        return faults;
    }

    // What the changes add up to, rows in the order in which they last came.
    private MemoryTable Fold()
    {
        var left = new List<(RecordBatch Rows, string Key)>();
        foreach ((RecordBatch rows, long weight) in _given)
        {
            var cells = new List<string?[]>();
            RowText.Append(rows, cells);
            string key = string.Join('\u001f', cells[0].Select(c => c ?? "\u001e"));
            for (long i = 0; i < weight; i++)
            {
                left.Add((rows, key));
            }

            for (long i = weight; i < 0; i++)
            {
                int at = left.FindLastIndex(l => l.Key == key);
                if (at < 0)
                {
                    throw new InvalidOperationException($"A row was taken back that was never given: {key}");
                }

                left.RemoveAt(at);
            }
        }

        return new MemoryTable(ResultChecks.ResultName, _plan.Schema, [.. left.Select(l => l.Rows.Share())]);
    }

    // One of the ways in which a stream can come, which must make no difference.
    private sealed record Way(int BatchRows, int Lanes, bool Restarts)
    {
        public override string ToString()
            => $"with {(BatchRows == int.MaxValue ? "all rows" : BatchRows == 1 ? "one row" : $"{BatchRows} rows")} at once{(Restarts ? " and restarts between" : "")}";
    }

    private sealed class StateList(List<StateRecord> records) : IStateSink
    {
        public void Write(string stage, string table, StateChange change, RecordBatch rows) => records.Add(new StateRecord(stage, table, change, rows.Share()));
    }
}
