using System.Globalization;
using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Sql.Catalog;

namespace Millrace.Runtime.Sql;

/// <summary>Looks at the rows of a query. Most checks are queries themselves, over the result as a table.</summary>
internal sealed class ResultChecks(SqlSession session, MemoryTable result, ExpectSpec expect)
{
    /// <summary>Name of the result in checks.</summary>
    public const string ResultName = "result";

    private const int MaxShown = 5;

    private readonly List<string> _faults = [];

    /// <summary>What does not hold, a sentence each.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellation)
    {
        CheckSchema();
        CheckCount();
        await CheckRowsAsync(cancellation).ConfigureAwait(false);
        await CheckColumnsAsync(cancellation).ConfigureAwait(false);
        await CheckOrderAsync(cancellation).ConfigureAwait(false);
        await CheckValuesAsync(cancellation).ConfigureAwait(false);
        await CheckAggregatesAsync(cancellation).ConfigureAwait(false);
        foreach (CoverageSpec coverage in expect.JoinCoverage)
        {
            await CheckCoverageAsync(coverage, cancellation).ConfigureAwait(false);
        }

        if (expect.BadRows is { } bad && session.BadRows.Count != bad)
        {
            _faults.Add($"{bad} bad rows were expected, {session.BadRows.Count} found");
        }

        return _faults;
    }

    /// <summary>What differs between the rows of a list and cells of the result's columns, in order, a sentence each.</summary>
    public IReadOnlyList<string> CompareChanges(MemoryTable expected, IReadOnlyList<string?[]> found)
    {
        CompareInOrder(Cells(expected), found);
        return _faults;
    }

    private void CheckSchema()
    {
        if (expect.Schema is { } node && SuiteRows.Columns(node) is var wanted && !wanted.Fields.Select(f => (f.Name, f.Type)).SequenceEqual(result.Schema.Fields.Select(f => (f.Name, f.Type))))
        {
            _faults.Add($"the columns {Shown(wanted)} were expected, and these are {Shown(result.Schema)}");
        }
    }

    private void CheckCount()
    {
        if (expect.RowCount is { } range && Outside(range, result.RowEstimate!.Value) is { } fault)
        {
            _faults.Add($"there are {result.RowEstimate} rows; {fault} were expected");
        }
    }

    private async Task CheckRowsAsync(CancellationToken cancellation)
    {
        if (expect.Rows is null && expect.Contains is null && expect.File is null)
        {
            return;
        }

        IReadOnlyList<string?[]> found = Cells(result);
        if (expect.File is { } file)
        {
            string columns = string.Join(", ", result.Schema.Fields.Select(f => $"{SqlNames.Quote(f.Name)} {f.Type}"));
            Compare(await RowsAsync($"SELECT * FROM {SqlNames.Text(file)} ({columns})", cancellation).ConfigureAwait(false), found);
        }

        if (expect.Rows is { } rows)
        {
            using MemoryTable table = SuiteRows.Table("expected", result.Schema, rows);
            Compare(Cells(table), found);
        }

        if (expect.Contains is { } some)
        {
            using MemoryTable table = SuiteRows.Table("expected", result.Schema, some);
            foreach (string?[] row in Cells(table).Where(e => !found.Any(f => Same(e, f))))
            {
                _faults.Add($"the row {Shown(row)} is not among the rows");
            }
        }
    }

    private void Compare(IReadOnlyList<string?[]> expected, IReadOnlyList<string?[]> found)
    {
        if (expect.Ordered)
        {
            CompareInOrder(expected, found);
            return;
        }

        var left = new List<string?[]>(found);
        var missing = new List<string?[]>();
        foreach (string?[] row in expected)
        {
            int at = left.FindIndex(f => Same(row, f));
            if (at < 0)
            {
                missing.Add(row);
            }
            else
            {
                left.RemoveAt(at);
            }
        }

        Report(missing, "missing");
        Report(left, "not expected");
    }

    private void CompareInOrder(IReadOnlyList<string?[]> expected, IReadOnlyList<string?[]> found)
    {
        int different = Enumerable.Range(0, Math.Min(expected.Count, found.Count)).FirstOrDefault(i => !Same(expected[i], found[i]), -1);
        if (different >= 0)
        {
            _faults.Add($"row {different + 1} is {Shown(found[different])}; {Shown(expected[different])} was expected");
        }
        else if (expected.Count != found.Count)
        {
            _faults.Add($"{expected.Count} rows were expected, {found.Count} found");
        }
    }

    private void Report(List<string?[]> rows, string what)
    {
        if (rows.Count > 0)
        {
            _faults.Add($"{rows.Count} {(rows.Count == 1 ? "row is" : "rows are")} {what}: {string.Join(", ", rows.Take(MaxShown).Select(Shown))}{(rows.Count > MaxShown ? ", …" : "")}");
        }
    }

    private async Task CheckColumnsAsync(CancellationToken cancellation)
    {
        foreach (string column in expect.NoNulls)
        {
            await NoneAsync($"SELECT * FROM result WHERE {SqlNames.Quote(column)} IS NULL", $"column {column} is null in", cancellation).ConfigureAwait(false);
        }

        if (expect.Unique.Count > 0)
        {
            string columns = string.Join(", ", expect.Unique.Select(SqlNames.Quote));
            await NoneAsync($"SELECT {columns}, count(*) AS times FROM result GROUP BY {columns} HAVING count(*) > 1", $"({string.Join(", ", expect.Unique)}) repeats in", cancellation).ConfigureAwait(false);
        }

        foreach (string condition in expect.Each)
        {
            await NoneAsync($"SELECT * FROM result WHERE NOT coalesce(({condition}), false)", $"{condition} does not hold in", cancellation).ConfigureAwait(false);
        }
    }

    private async Task CheckOrderAsync(CancellationToken cancellation)
    {
        if (expect.OrderedBy.Count == 0)
        {
            return;
        }

        string order = string.Join(", ", expect.OrderedBy.Select(o => o.Split(' ', 2) is [var name, var way] ? $"{SqlNames.Quote(name)} {way}" : SqlNames.Quote(o)));
        string columns = string.Join(", ", expect.OrderedBy.Select(o => SqlNames.Quote(o.Split(' ', 2)[0])));
        IReadOnlyList<string?[]> sorted = await RowsAsync($"SELECT {columns} FROM result ORDER BY {order}", cancellation).ConfigureAwait(false);
        IReadOnlyList<string?[]> found = await RowsAsync($"SELECT {columns} FROM result", cancellation).ConfigureAwait(false);
        int wrong = Enumerable.Range(0, found.Count).FirstOrDefault(i => !sorted[i].SequenceEqual(found[i]), -1);
        if (wrong >= 0)
        {
            _faults.Add($"the rows are not sorted by {string.Join(", ", expect.OrderedBy)}: row {wrong + 1} is {Shown(found[wrong])}");
        }
    }

    private async Task CheckValuesAsync(CancellationToken cancellation)
    {
        foreach (OptionEntry entry in Group(expect.Values))
        {
            IEnumerable<string> values = (entry.Value as OptionList)?.Items.Select(Literal) ?? [Literal(entry.Value)];
            await NoneAsync($"SELECT * FROM result WHERE {SqlNames.Quote(entry.Name)} NOT IN ({string.Join(", ", values)})", $"column {entry.Name} has another value in", cancellation).ConfigureAwait(false);
        }

        foreach (OptionEntry entry in Group(expect.Ranges))
        {
            var faults = new OptionFaults();
            RangeSpec range = OptionBinder.Bind<RangeSpec>(entry.Value as OptionMap ?? throw SuiteErrors.BadSuite.Error("A range is a group with `min` and `max`.", entry.Value.Place), faults);
            faults.ThrowIfAny();
            string column = SqlNames.Quote(entry.Name);
            string[] tests = [.. new[] { range.Min is null ? null : $"{column} < {SqlNames.Literal(range.Min)}", range.Max is null ? null : $"{column} > {SqlNames.Literal(range.Max)}" }.OfType<string>()];
            if (tests.Length > 0)
            {
                await NoneAsync($"SELECT * FROM result WHERE {string.Join(" OR ", tests)}", $"column {entry.Name} is out of range in", cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task CheckAggregatesAsync(CancellationToken cancellation)
    {
        foreach (OptionEntry entry in Group(expect.Aggregates))
        {
            IReadOnlyList<string?[]> rows = await RowsAsync($"SELECT {entry.Name} FROM result", cancellation).ConfigureAwait(false);
            if (rows.Count != 1)
            {
                _faults.Add($"{entry.Name} is no aggregate: it gives {rows.Count} rows");
                continue;
            }

            string? found = rows[0][0];
            string? wanted = entry.Value is OptionScalar { IsNull: false } scalar ? scalar.Text : null;
            if (!Same([wanted], [found]))
            {
                _faults.Add($"{entry.Name} is {found ?? "null"}; {wanted ?? "null"} was expected");
            }
        }
    }

    private async Task CheckCoverageAsync(CoverageSpec coverage, CancellationToken cancellation)
    {
        string condition = coverage.On.All(c => char.IsLetterOrDigit(c) || c == '_') ? $"l.{SqlNames.Quote(coverage.On)} = r.{SqlNames.Quote(coverage.On)}" : coverage.On;
        string?[] counts = (await RowsAsync(
            $"SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM {SqlNames.Quote(coverage.Right)} r WHERE {condition})) FROM {SqlNames.Quote(coverage.Left)} l", cancellation).ConfigureAwait(false))[0];
        double all = double.Parse(counts[0]!, CultureInfo.InvariantCulture);
        double matched = double.Parse(counts[1]!, CultureInfo.InvariantCulture);
        if (matched < coverage.Min * all)
        {
            _faults.Add(string.Create(CultureInfo.InvariantCulture, $"{matched} of {all} rows of {coverage.Left} find a match in {coverage.Right}; {coverage.Min:0.###} of them were expected"));
        }
    }

    private async Task NoneAsync(string query, string what, CancellationToken cancellation)
    {
        IReadOnlyList<string?[]> rows = await RowsAsync(query, cancellation).ConfigureAwait(false);
        if (rows.Count > 0)
        {
            _faults.Add($"{what} {rows.Count} {(rows.Count == 1 ? "row" : "rows")}: {string.Join(", ", rows.Take(MaxShown).Select(Shown))}{(rows.Count > MaxShown ? ", …" : "")}");
        }
    }

    private async Task<IReadOnlyList<string?[]>> RowsAsync(string query, CancellationToken cancellation)
    {
        using MemoryTable table = await session.MaterialiseAsync("check", query, cancellation).ConfigureAwait(false);
        return Cells(table);
    }

    private static List<string?[]> Cells(MemoryTable table)
    {
        var rows = new List<string?[]>();
        foreach (RecordBatch batch in table.Batches)
        {
            RowText.Append(batch, rows);
        }

        return rows;
    }

    private bool Same(string?[] expected, string?[] found)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i] != found[i] && !SameNumber(expected[i], found[i]))
            {
                return false;
            }
        }

        return true;
    }

    // 1.5 is 1.50, however many digits the type has.
    private bool SameNumber(string? expected, string? found)
        => double.TryParse(expected, NumberStyles.Float, CultureInfo.InvariantCulture, out double a)
            && double.TryParse(found, NumberStyles.Float, CultureInfo.InvariantCulture, out double b)
            && (Math.Abs(a - b) <= expect.Tolerance || a.Equals(b));

    private static string? Outside(RangeSpec range, double number)
    {
        static double? Number(string? text) => text is null ? null
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value
            : throw SuiteErrors.BadSuite.Error($"'{text}' is no number of rows.");
        (double? min, double? max) = (Number(range.Exactly ?? range.Min), Number(range.Exactly ?? range.Max));
        return number < min || number > max
            ? range.Exactly ?? $"{(range.Min is null ? "" : $"at least {range.Min}")}{(range.Min is not null && range.Max is not null ? " and " : "")}{(range.Max is null ? "" : $"at most {range.Max}")}"
            : null;
    }

    private static IEnumerable<OptionEntry> Group(OptionNode? node) => node switch
    {
        null => [],
        OptionMap map => map.Entries,
        _ => throw SuiteErrors.BadSuite.Error("A group of names is expected here.", node.Place),
    };

    private static string Literal(OptionNode node)
        => node is OptionScalar scalar ? scalar.Quoted ? SqlNames.Text(scalar.Text) : SqlNames.Literal(scalar.Text) : throw SuiteErrors.BadSuite.Error("A single value is expected here.", node.Place);

    private static string Shown(string?[] row) => $"({string.Join(", ", row.Select(c => c ?? "null"))})";

    private static string Shown(Schema schema) => $"({string.Join(", ", schema.Fields.Select(f => $"{f.Name} {f.Type}"))})";
}
