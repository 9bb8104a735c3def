using System.Text;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Runtime.Tests.Pipelines;

public sealed class RowShaperTests
{
    private static readonly Schema Source = new(new Field("id", DataType.Utf8), new Field("name", DataType.Utf8), new Field("extra", DataType.Int32));

    [Fact]
    public void Columns_are_chosen_renamed_and_typed() => LeakCheck.Run(() =>
    {
        var errors = new Collector();
        var shaper = new RowShaper(Source, new ColumnPlan([new("key", "id", DataType.Int64, true), new("extra", "extra", null, false)]), "s");

        using RecordBatch shaped = shaper.Shape(Batch(("1", "a", 10), ("2", "b", null)), errors)!;

        Assert.Equal("key bigint not null, extra integer", string.Join(", ", shaper.Schema.Fields));
        Assert.Equal(["""{"key":1,"extra":10}""", """{"key":2,"extra":null}"""], ColumnText.Rows(shaped));
        Assert.Empty(errors.All);
    });

    [Fact]
    public void A_row_with_a_fault_is_set_aside_once_with_its_source() => LeakCheck.Run(() =>
    {
        var errors = new Collector();
        var shaper = new RowShaper(Source, new ColumnPlan([new("id", "id", DataType.Int64, true), new("name", "name", DataType.Date, true)]), "s");

        using RecordBatch shaped = shaper.Shape(Batch(("1", "2024-01-01", 1), ("x", "y", 2), (null, "2024-01-02", 3)), errors)!;

        Assert.Equal(["""{"id":1,"name":"2024-01-01"}"""], ColumnText.Rows(shaped));
        Assert.Equal(["MR2004", "MR4001"], errors.All.Select(e => e.Code.Id).Order());
        RowError wrong = errors.All.Single(e => e.Code.Id == "MR2004");
        Assert.Equal("'x' is not a valid bigint.", wrong.Message);
        Assert.Equal("id", wrong.Place.Field);
        Assert.Equal("""{"id":"x","name":"y","extra":2}""", Encoding.UTF8.GetString(wrong.Raw.Span));
    });

    [Fact]
    public void A_row_that_does_not_say_what_happened_to_it_is_set_aside_where_changes_are_applied() => LeakCheck.Run(() =>
    {
        var plan = new ColumnPlan([new(ChangeColumns.Op, "id", null, false), new("name", "name", null, false)]);
        var errors = new Collector();
        RecordBatch Changes() => Batch(("I", "1", 1), ("d", "1", 1), ("DELETE", "1", 1), ("D", "1", 1), (null, "1", 1), ("T", "", 1), ("U", "2", 1));

        using RecordBatch applied = new RowShaper(Source, plan, "s") { AppliesChanges = true }.Shape(Changes(), errors)!;
        Assert.Equal(4, applied.Length);
        Assert.Equal(["'d' in '_op' is none of I, U, D and T.", "'DELETE' in '_op' is none of I, U, D and T.", "'_op' has no value."], errors.All.Select(e => e.Message));
        Assert.All(errors.All, e => Assert.Equal(RuntimeErrors.UnknownChange, e.Code));

        using RecordBatch kept = new RowShaper(Source, plan, "s").Shape(Changes(), errors)!;
        Assert.Equal(7, kept.Length);
    });

    [Fact]
    public void A_batch_without_a_good_row_is_none() => LeakCheck.Run(() =>
    {
        var shaper = new RowShaper(Source, new ColumnPlan([new("id", "id", DataType.Int64, true)]), "s");

        Assert.Null(shaper.Shape(Batch(("x", "", 1)), new Collector()));
    });

    [Fact]
    public void A_column_that_is_not_there_is_an_error_with_the_nearest_name()
    {
        MillraceException error = Assert.Throws<MillraceException>(
            () => new RowShaper(Source, new ColumnPlan([new("n", "nmae", null, false)]), "s"));

        Assert.Equal("MR4003", error.Code.Id);
        Assert.Contains("'name'", error.Message, StringComparison.Ordinal);
    }

    private static RecordBatch Batch(params (string? Id, string? Name, int? Extra)[] rows)
    {
        using var ids = new BinaryBuilder(DataType.Utf8);
        using var names = new BinaryBuilder(DataType.Utf8);
        using var extras = new FixedBuilder<int>(DataType.Int32);
        foreach ((string? id, string? name, int? extra) in rows)
        {
            Append(ids, id);
            Append(names, name);
            if (extra is { } value)
            {
                extras.Append(value);
            }
            else
            {
                extras.AppendNull();
            }
        }

        return new RecordBatch(Source, rows.Length, ids.Build(), names.Build(), extras.Build());
    }

    private static void Append(BinaryBuilder builder, string? value)
    {
        if (value is null)
        {
            builder.AppendNull();
        }
        else
        {
            builder.Append(value);
        }
    }

    private sealed class Collector : IRowErrorHandler
    {
        public List<RowError> All { get; } = [];

        public void OnRowError(RowError error) => All.Add(error);
    }
}
