using System.Collections.Immutable;
using Millrace.Columnar.Interop;

namespace Millrace.Columnar.Tests.Interop;

// The blocks of the C program are counted, so its users run one after the other.
[Collection(NativeConsumer.Collection)]
public sealed unsafe class ArrowRoundTripTests
{
    public static TheoryData<int, bool> Seeds()
    {
        var data = new TheoryData<int, bool>();
        for (int seed = 0; seed < 60; seed++)
        {
            data.Add(seed, seed % 2 == 0);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_is_exported_is_imported_the_same(int seed, bool sliced)
    {
        using var leaks = new LeakCheck();
        using RecordBatch batch = RandomBatch(seed, sliced);
        ArrowSchema schema;
        ArrowArray array;
        ArrowExport.Export(batch.Schema, &schema);
        ArrowExport.Export(batch, &array);

        ArrowShape shape = ArrowShape.Import(&schema);
        using RecordBatch copy = shape.Batch(&array);

        Assert.True(schema.Release == null && array.Release == null);
        Assert.Equal(batch.Schema, copy.Schema);
        BatchAssert.Equal(batch, copy);
    }

    // The C code sees every row of every type, and gives them back in reverse.
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Another_implementation_reads_the_rows_and_hands_over_its_own(int seed, bool sliced)
    {
        Assert.SkipWhen(NativeConsumer.Missing is not null, NativeConsumer.Missing ?? "");
        using var leaks = new LeakCheck();
        using RecordBatch batch = RandomBatch(seed, sliced);
        IEnumerable<string> expected = ColumnText.Rows(batch).Reverse();
        ArrowSchema schema, schemaBack;
        ArrowArray array, arrayBack;
        ArrowExport.Export(batch.Schema, &schema);
        ArrowExport.Export(batch, &array);

        NativeConsumer.ReverseRows(&schema, &array, &schemaBack, &arrayBack);
        Assert.True(schema.Release == null && array.Release == null);
        ArrowShape shape = ArrowShape.Import(&schemaBack);
        RecordBatch reversed = shape.Batch(&arrayBack);

        Assert.Equal(batch.Schema, reversed.Schema);
        Assert.Equal(expected, ColumnText.Rows(reversed));
        reversed.Dispose();
    }

    [Fact]
    public void Memory_of_the_other_side_is_released_with_the_last_column()
    {
        Assert.SkipWhen(NativeConsumer.Missing is not null, NativeConsumer.Missing ?? "");
        using RecordBatch batch = RandomBatch(3, sliced: true);
        ArrowSchema schema, schemaBack;
        ArrowArray array, arrayBack;
        ArrowExport.Export(batch.Schema, &schema);
        ArrowExport.Export(batch, &array);
        NativeConsumer.ReverseRows(&schema, &array, &schemaBack, &arrayBack);
        RecordBatch reversed = ArrowShape.Import(&schemaBack).Batch(&arrayBack);
        string expected = ColumnText.Json(reversed[0], 5);
        Column last = reversed[0].Slice(5, 1);
        long withBatch = NativeConsumer.LiveBlocks;

        reversed.Dispose();
        Assert.Equal(withBatch, NativeConsumer.LiveBlocks);
        Assert.Equal(expected, ColumnText.Json(last, 0));
        last.Dispose();
        Assert.Equal(0, NativeConsumer.LiveBlocks);
    }

    [Fact]
    public void A_child_that_was_moved_out_outlives_its_parent_and_the_batch()
    {
        Assert.SkipWhen(NativeConsumer.Missing is not null, NativeConsumer.Missing ?? "");
        using var leaks = new LeakCheck();
        RecordBatch batch = RandomBatch(4, sliced: true);
        string[] expected = [.. ColumnText.Values(batch[2])];
        ArrowSchema schema;
        ArrowArray array, child;
        ArrowExport.Export(batch.Schema[2], &schema);
        ArrowExport.Export(batch, &array);
        batch.Dispose();

        NativeConsumer.KeepChild(&array, 2, &child);
        using Column column = ArrowShape.Import(&schema).Column(&child);
        Assert.Equal(expected, ColumnText.Values(column));
    }

    // Arrow applies the offset of a struct to its fields, ours are sliced already.
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(64)]
    public void Structs_are_exported_wherever_their_slice_begins(int start)
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(31, new RandomOptions { NullDensity = 0.5 });
        using Column whole = random.Column(DataType.Struct(new Field("a", DataType.Struct(new Field("b", DataType.Int32))), new Field("c", DataType.Time(TimeUnit.Second))), 100);
        using Column rows = whole.Slice(start, 30);
        ArrowSchema schema;
        ArrowArray array;
        ArrowExport.Export(new Field("s", rows.Type), &schema);
        ArrowExport.Export(rows, &array);
        using Column copy = ArrowShape.Import(&schema).Column(&array);
        BatchAssert.Equal(rows, copy);
    }

    [Fact]
    public void Properties_and_nullability_survive()
    {
        var properties = ImmutableDictionary<string, string>.Empty.Add("comment", "größe \u0001").Add("", "");
        var schema = new Schema(
            [
                new Field("ä b", DataType.Uuid, nullable: false, properties),
                new Field("", DataType.List(new Field("element", DataType.Json, nullable: false).WithMetadata("k", "v"))),
                new Field("m", DataType.Map(DataType.Utf8, new Field("value", DataType.Timestamp(TimeUnit.Nanosecond, "Europe/Paris"), nullable: false))),
                new Field("d", DataType.Dictionary(DataType.Uuid)),
            ],
            properties);
        ArrowSchema exported;
        ArrowExport.Export(schema, &exported);
        Schema back = ArrowShape.Import(&exported).Schema!;
        Assert.Equal(schema, back);
        Assert.Equal(properties, back.Metadata);
        Assert.Equal(properties, back[0].Metadata);
        Assert.Equal("v", back[1].Type.Element.Metadata["k"]);
        Assert.Empty(back[3].Metadata);
    }

    private static RecordBatch RandomBatch(int seed, bool sliced)
    {
        var random = new RandomBatches(seed, new RandomOptions { Sliced = sliced, NullDensity = seed % 3 == 0 ? 0 : 0.3, MaxDepth = 3 });
        return random.Batch(5, seed % 7 == 6 ? 0 : random.Random.Next(20, 200));
    }
}
