using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

public class NestedColumnTests
{
    // Types whose values DuckDB gives in nested columns as the oracle expects them without a projection.
    private static readonly TypeId[] Types =
    [
        TypeId.Boolean, TypeId.Int8, TypeId.Int32, TypeId.Int64, TypeId.UInt16, TypeId.Float64, TypeId.Utf8, TypeId.Binary,
        TypeId.FixedBinary, TypeId.Dictionary, TypeId.List, TypeId.Struct, TypeId.Map, TypeId.List, TypeId.Struct, TypeId.Map,
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Random_nested_columns_are_read_back_by_duck_db(int seed)
    {
        var random = new RandomBatches(seed, new() { Types = Types, Sliced = seed % 2 == 0, NullDensity = seed % 3 * 0.3, MaxDepth = 1 + (seed % 4) });
        Schema schema = random.Schema(8);
        using RecordBatch first = random.Batch(schema, 300);
        using RecordBatch second = random.Batch(schema, 150);
        var options = new ParquetOptions { PageRows = 70, RowGroupRows = 220, DataPageVersion = 1 + (seed % 2) };
        using WrittenFile file = await WrittenFile.FromAsync(options, first, second);
        DuckDbCompare.Equal(file, first, second);
    }

    [Fact]
    public async Task Null_empty_and_full_lists_stay_apart()
    {
        var lists = (ListBuilder)ColumnBuilder.Create(DataType.List(DataType.Int32), 4);
        lists.AppendNull();
        lists.AppendRow();
        ((FixedBuilder<int>)lists.Items).Append(7);
        lists.Items.AppendNull();
        lists.AppendRow();
        using var batch = new RecordBatch(new Schema(new Field("l", lists.Type)), 3, lists.Build());
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions(), batch);
        Assert.Equal("[[null],[[]],[[7,null]]]", NodeOracle.DuckDb($"SELECT l FROM read_parquet('{file.Path}')").Rows.ToJsonString());
    }

    [Fact]
    public async Task A_null_inside_a_list_that_holds_none_is_an_error()
    {
        using var leaks = new LeakCheck();
        var lists = (ListBuilder)ColumnBuilder.Create(DataType.List(new Field("element", DataType.Int32, nullable: false)), 4);
        lists.Items.AppendNull();
        lists.AppendRow();
        using var batch = new RecordBatch(new Schema(new Field("l", lists.Type)), 1, lists.Build());
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => WrittenFile.FromAsync(new ParquetOptions(), batch));
        Assert.Equal("MR2252", error.Code.Id);
        Assert.Contains("l.element", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_struct_without_fields_is_an_error_that_names_it()
    {
        var schema = new Schema(new Field("s", DataType.Struct()));
        using var batch = new RecordBatch(schema, 0, new StructColumn(schema[0].Type, 0, []));
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => WrittenFile.FromAsync(new ParquetOptions(), batch));
        Assert.Equal("MR2250", error.Code.Id);
        Assert.Contains(" s ", error.Message, StringComparison.Ordinal);
    }
}
