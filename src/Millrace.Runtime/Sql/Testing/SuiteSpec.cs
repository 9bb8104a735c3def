using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Sdk;
using Millrace.Sql.Parsing;
using Millrace.Sql.Streaming;

namespace Millrace.Runtime.Sql;

/// <summary>A file of tests of SQL: what there is, what is run, and what is expected.</summary>
public sealed record SuiteSpec
{
    [Description("Name of the suite. The name of the file when absent.")]
    public string? Name { get; init; }

    [Description("What now() gives in all tests. 2000-01-01T00:00:00Z when absent, so that tests do not depend on the day.")]
    [OptionExample("2024-06-01T12:00:00Z")]
    public string? Now { get; init; }

    [Description("The tables that the tests read, by name.")]
    public OptionNode? Tables { get; init; }

    [Description("Statements that run before each test, such as CREATE VIEW.")]
    public IReadOnlyList<string> Setup { get; init; } = [];

    [Description("Path of a file of statements that runs before each test, after `setup`.")]
    public string? Script { get; init; }

    [Description("The tests.")]
    public IReadOnlyList<CaseSpec> Tests { get; init; } = [];
}

/// <summary>A table that tests read: rows that stand in the suite, or a file.</summary>
public sealed record TableSpec
{
    [Description("Columns and their types, in order.")]
    [OptionExample("{id: integer, amount: \"decimal(10,2)\"}")]
    public OptionNode? Columns { get; init; }

    [Description("Rows: lists of values in the order of the columns, or groups of values by column; columns that are left out are null.")]
    public OptionNode? Rows { get; init; }

    [Description("Path or URL of a file with the rows, instead of `rows`.")]
    public string? File { get; init; }

    [Description("Query that gives the rows, instead of `rows`: such as SELECT … FROM generate_series(1, 1000).")]
    public string? Query { get; init; }

    [Description("For tests of streams: the column with the time of a row, and how far time is complete behind it. Without it windows close at the end.")]
    [OptionExample("at AS at - INTERVAL '5' SECOND")]
    public string? Watermark { get; init; }
}

/// <summary>One test.</summary>
public sealed record CaseSpec
{
    [Description("Name of the test.")]
    public required string Name { get; init; }

    [Description("The query whose rows are looked at. Statements before it, ended with semicolons, run first.")]
    public required string Sql { get; init; }

    [Description("Why the test is not run; it is counted as skipped.")]
    public string? Skip { get; init; }

    [Description("Tables of this test alone, beside those of the suite or in their place.")]
    public OptionNode? Tables { get; init; }

    [Description("Runs the query as a stream: the rows of its tables come bit by bit, in their order. true for the defaults.")]
    public StreamSpec? Stream { get; init; }

    [Description("What is expected.")]
    public required ExpectSpec Expect { get; init; }
}

/// <summary>How the query of a test is run as a stream.</summary>
[OptionShorthand("enabled")]
public sealed record StreamSpec
{
    [Description("Whether the query is run as a stream.")]
    public bool Enabled { get; init; } = true;

    [Description("Rows that come at once from each table. When absent the test is run with 1, with 2 and restarts between, and with all rows, and has to hold each time.")]
    [Range(1, int.MaxValue)]
    public int? BatchRows { get; init; }

    [Description("When results are given: `changes`, `final`, or as the statement says.")]
    public EmitMode? Emit { get; init; }

    [Description("What becomes of rows that come after their window was closed.")]
    public LateRows Late { get; init; }

    [Description("How long after its end a window still takes rows, for `late: update`.")]
    public TimeSpan AllowedLateness { get; init; }

    [Description("How long state without a window is kept after it was last used.")]
    public TimeSpan? StateTtl { get; init; }

    [Description("Time of the clock that passes from one batch to the next.")]
    public TimeSpan ClockStep { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>What is expected of the rows of a query. Everything that is given has to hold.</summary>
public sealed record ExpectSpec
{
    [Description("All rows, as lists of values or groups by column. In any order, unless `ordered` is true.")]
    public OptionNode? Rows { get; init; }

    [Description("Rows that are among those of the result.")]
    public OptionNode? Contains { get; init; }

    [Description("Path or URL of a file with the rows.")]
    public string? File { get; init; }

    [Description("Whether the rows stand in this order.")]
    public bool Ordered { get; init; }

    [Description("How far numbers may be from those expected.")]
    [Range(0.0, double.MaxValue)]
    public double Tolerance { get; init; }

    [Description("How many rows there are: a number, or a group with `min` and `max`.")]
    [OptionExample("{min: 1, max: 10}")]
    public RangeSpec? RowCount { get; init; }

    [Description("Columns of the result and their types, in order.")]
    public OptionNode? Schema { get; init; }

    [Description("Columns that are never null.")]
    public IReadOnlyList<string> NoNulls { get; init; } = [];

    [Description("Columns that together are different in each row.")]
    public IReadOnlyList<string> Unique { get; init; } = [];

    [Description("Columns by which the rows are sorted; `name desc` for the other way.")]
    public IReadOnlyList<string> OrderedBy { get; init; } = [];

    [Description("For columns the values that they may have, nulls apart.")]
    [OptionExample("{status: [open, closed]}")]
    public OptionNode? Values { get; init; }

    [Description("For columns the range of their values, nulls apart.")]
    [OptionExample("{amount: {min: 0, max: 1000}}")]
    public OptionNode? Ranges { get; init; }

    [Description("Expressions over all rows of the result and their values.")]
    [OptionExample("{\"sum(amount)\": 150.00, \"count(DISTINCT id)\": 3}")]
    public OptionNode? Aggregates { get; init; }

    [Description("Conditions that hold in each row.")]
    public IReadOnlyList<string> Each { get; init; } = [];

    [Description("Shares of rows of one table that find a match in another.")]
    public IReadOnlyList<CoverageSpec> JoinCoverage { get; init; } = [];

    [Description("For tests of streams: all that the query gives, in order; each row begins with +I for a row that is added, or -D for one that is taken back. Needs `batch_rows`.")]
    public OptionNode? Changes { get; init; }

    [Description("For tests of streams: how many rows come after their window was closed.")]
    [Range(0, long.MaxValue)]
    public long? LateRows { get; init; }

    [Description("How many rows are bad, and so left out. Without this, a bad row fails the test.")]
    [Range(0, long.MaxValue)]
    public long? BadRows { get; init; }

    [Description("Code of the error that the query ends with.")]
    [OptionExample("MR5202")]
    public string? Error { get; init; }

    [Description("Text that the message of the error holds.")]
    public string? Message { get; init; }
}

/// <summary>A number that lies between two others; one number alone is both.</summary>
[OptionShorthand("exactly")]
public sealed record RangeSpec
{
    [Description("The number.")]
    public string? Exactly { get; init; }

    [Description("The smallest that is right.")]
    public string? Min { get; init; }

    [Description("The greatest that is right.")]
    public string? Max { get; init; }
}

/// <summary>How many rows of one table find a match in another.</summary>
public sealed record CoverageSpec
{
    [Description("Table whose rows are counted.")]
    public required string Left { get; init; }

    [Description("Table in which they find a match.")]
    public required string Right { get; init; }

    [Description("Condition of the join, or the name of a column that both have.")]
    public required string On { get; init; }

    [Description("Smallest share of rows with a match, from 0 to 1.")]
    [Range(0.0, 1.0)]
    public double Min { get; init; } = 1;
}
