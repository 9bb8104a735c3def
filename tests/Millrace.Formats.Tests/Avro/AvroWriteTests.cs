using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Formats.Avro;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Avro;

/// <summary>Files of ours, read by another implementation.</summary>
public class AvroWriteTests
{
    [Theory]
    [InlineData("null")]
    [InlineData("deflate")]
    [InlineData("snappy")]
    [InlineData("zstandard")]
    public async Task Every_type_is_read_by_another_implementation(string codec)
    {
        using var leaks = new LeakCheck();
        using ColumnsToWrite columns = new();
        columns.Add<BooleanBuilder>("b", DataType.Boolean, b => b.Append(true), b => b.AppendNull());
        columns.Add<FixedBuilder<sbyte>>("i8", DataType.Int8, b => b.Append(-128), b => b.Append(127));
        columns.Add<FixedBuilder<ushort>>("u16", DataType.UInt16, b => b.Append(65535), b => b.AppendNull());
        columns.Add<FixedBuilder<int>>("i32", DataType.Int32, b => b.Append(int.MinValue), b => b.Append(0));
        columns.Add<FixedBuilder<uint>>("u32", DataType.UInt32, b => b.Append(uint.MaxValue), b => b.Append(1));
        columns.Add<FixedBuilder<long>>("i64", DataType.Int64, b => b.Append(long.MinValue), b => b.Append(long.MaxValue));
        columns.Add<FixedBuilder<ulong>>("u64", DataType.UInt64, b => b.Append(ulong.MaxValue), b => b.Append(1));
        columns.Add<FixedBuilder<float>>("f32", DataType.Float32, b => b.Append(1.5f), b => b.Append(float.NaN));
        columns.Add<FixedBuilder<double>>("f64", DataType.Float64, b => b.Append(-1e300), b => b.Append(double.PositiveInfinity));
        columns.Add<FixedBuilder<Int128>>("dec", DataType.Decimal(10, 2), b => b.Append(-123), b => b.Append(128));
        columns.Add<BinaryBuilder>("s", DataType.Utf8, b => b.Append("héllo"), b => b.AppendNull());
        columns.Add<BinaryBuilder>("y", DataType.Binary, b => b.Append([0, 255]), b => b.Append([]));
        columns.Add<FixedBinaryBuilder>("x", DataType.FixedBinary(2), b => b.Append([1, 2]), b => b.AppendNull());
        columns.Add<FixedBinaryBuilder>("uuid", DataType.Uuid, b => b.Append(Convert.FromHexString("123456789abcdef0123456789abcdef0")), b => b.AppendNull());
        columns.Add<FixedBuilder<int>>("date", DataType.Date, b => b.Append(-1), b => b.AppendNull());
        columns.Add<FixedBuilder<long>>("t0", DataType.Time(TimeUnit.Second), b => b.Append(86_399), b => b.AppendNull());
        columns.Add<FixedBuilder<long>>("ts0", DataType.Timestamp(TimeUnit.Second), b => b.Append(-1), b => b.AppendNull());
        columns.Add<FixedBuilder<long>>("ts9", DataType.Timestamp(TimeUnit.Nanosecond, "UTC"), b => b.Append(-1), b => b.AppendNull());
        columns.Add<FixedBuilder<Interval>>("iv", DataType.Interval, b => b.Append(new Interval(14, -3, 1)), b => b.AppendNull());
        columns.Add<ListBuilder>("list", DataType.List(DataType.Int64), AppendList, b => b.AppendRow());
        columns.Add<ListBuilder>("map", DataType.Map(DataType.Utf8, DataType.Int32), AppendMap, b => b.AppendNull());
        columns.Add<StructBuilder>("st", DataType.Struct(new Field("p", DataType.Int32, nullable: false), new Field("q", DataType.Utf8)), AppendStruct, b => b.AppendNull());
        columns.Add<DictionaryBuilder>("dict", DataType.Dictionary(DataType.Utf8), AppendFirst, b => b.Append(0));
        using RecordBatch batch = columns.Build();

        JsonNode read = AvroFiles.ToOracle(await AvroFiles.WriteAsync(batch.Schema, [batch], new AvroOptions { Compression = codec }));
        string[] expected =
        [
            """{"b":true,"i8":-128,"u16":65535,"i32":-2147483648,"u32":4294967295,"i64":"-9223372036854775808","u64":{"hex":"00ffffffffffffffff"},"f32":1.5,"f64":-1e+300,"dec":{"hex":"85"},"s":"héllo","y":{"hex":"00ff"},"x":{"hex":"0102"},"uuid":"12345678-9abc-def0-1234-56789abcdef0","date":-1,"t0":86399000,"ts0":-1000,"ts9":-1,"iv":"P1Y2M-3DT0.000000001S","list":["7",null],"map":{"k":1,"l":null},"st":{"p":5,"q":"z"},"dict":"first"}""",
            """{"b":null,"i8":127,"u16":null,"i32":0,"u32":1,"i64":"9223372036854775807","u64":{"hex":"01"},"f32":"NaN","f64":"Infinity","dec":{"hex":"0080"},"s":null,"y":{"hex":""},"x":null,"uuid":null,"date":null,"t0":null,"ts0":null,"ts9":null,"iv":null,"list":[],"map":null,"st":null,"dict":"first"}""",
        ];
        for (int row = 0; row < expected.Length; row++)
        {
            foreach ((string column, JsonNode? value) in JsonNode.Parse(expected[row])!.AsObject())
            {
                Assert.Equal($"{column}: {value?.ToJsonString()}", $"{column}: {read["rows"]![row]![column]?.ToJsonString()}");
            }
        }
    }

    [Fact]
    public async Task Many_blocks_are_read_by_another_implementation()
    {
        var random = new RandomBatches(1, new RandomOptions { Types = [TypeId.Int64, TypeId.Utf8] });
        using RecordBatch batch = random.Batch(new Schema(new Field("i", DataType.Int64, nullable: false), new Field("s", DataType.Utf8)), 3000);
        JsonArray rows = AvroFiles.ToOracle(await AvroFiles.WriteAsync(batch.Schema, [batch], new AvroOptions { BlockBytes = 1024 }))["rows"]!.AsArray();
        var numbers = (FixedColumn<long>)batch[0];
        var texts = (BinaryColumn)batch[1];
        Assert.Equal(batch.Length, rows.Count);
        for (int i = 0; i < batch.Length; i++)
        {
            Assert.Equal(numbers.Values[i].ToString(System.Globalization.CultureInfo.InvariantCulture), (string)rows[i]!["i"]!);
            Assert.Equal(texts.IsNull(i) ? null : texts.GetString(i), (string?)rows[i]!["s"]);
        }
    }

    [Fact]
    public async Task Logical_types_are_declared()
    {
        var schema = new Schema(
            new Field("d", DataType.Decimal(9, 3), nullable: false),
            new Field("t", DataType.Time(), nullable: false),
            new Field("s", DataType.Timestamp(TimeUnit.Millisecond, "UTC")),
            new Field("m", DataType.Map(DataType.Int32, DataType.Utf8), nullable: false));
        AvroContainer file = AvroContainer.Parse(await AvroFiles.WriteAsync(schema, [], new AvroOptions { RecordName = "a.b.row" }));
        Assert.Equal(
            """{"type":"record","name":"row","namespace":"a.b","fields":[{"name":"d","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":3}},{"name":"t","type":{"type":"long","logicalType":"time-micros"}},{"name":"s","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"default":null},{"name":"m","type":{"type":"array","items":{"type":"record","name":"row_m_entry","namespace":"a.b","fields":[{"name":"key","type":"int"},{"name":"value","type":["null","string"],"default":null}]},"logicalType":"map"}}]}""",
            file.Schema);
    }

    [Fact]
    public async Task A_null_in_a_column_without_nulls_is_an_error_that_names_it()
    {
        using var leaks = new LeakCheck();
        using var builder = new BinaryBuilder(DataType.Utf8);
        builder.AppendNull();
        using var batch = new RecordBatch(new Schema(new Field("name", DataType.Utf8, nullable: false)), 1, builder.Build());
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.WriteAsync(batch.Schema, [batch]));
        Assert.Equal("MR2310", error.Code.Id);
        Assert.Equal("name", error.Place?.Field);
    }

    private static void AppendList(ListBuilder builder)
    {
        ((FixedBuilder<long>)builder.Items).Append(7);
        builder.Items.AppendNull();
        builder.AppendRow();
    }

    private static void AppendMap(ListBuilder builder)
    {
        var entries = (StructBuilder)builder.Items;
        foreach (string key in new[] { "k", "l" })
        {
            ((BinaryBuilder)entries.Fields[0]).Append(key);
        }

        ((FixedBuilder<int>)entries.Fields[1]).Append(1);
        entries.Fields[1].AppendNull();
        entries.AppendRows(2);
        builder.AppendRow();
    }

    private static void AppendStruct(StructBuilder builder)
    {
        ((FixedBuilder<int>)builder.Fields[0]).Append(5);
        ((BinaryBuilder)builder.Fields[1]).Append("z");
        builder.AppendRow();
    }

    private static void AppendFirst(DictionaryBuilder builder)
    {
        ((BinaryBuilder)builder.Dictionary).Append("first");
        builder.Append(0);
    }

    /// <summary>Columns of two rows, each built by the code that knows its type.</summary>
    private sealed class ColumnsToWrite : IDisposable
    {
        private readonly List<Field> _fields = [];
        private readonly List<ColumnBuilder> _builders = [];

        public void Add<TBuilder>(string name, DataType type, Action<TBuilder> first, Action<TBuilder> second)
            where TBuilder : ColumnBuilder
        {
            var builder = (TBuilder)ColumnBuilder.Create(type, 2);
            first(builder);
            second(builder);
            _fields.Add(new Field(name, type));
            _builders.Add(builder);
        }

        public RecordBatch Build() => new(new Schema(_fields), 2, [.. _builders.Select(b => b.Build())]);

        public void Dispose() => _builders.ForEach(b => b.Dispose());
    }
}
