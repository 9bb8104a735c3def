using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

public class EncodingReadTests
{
    private static readonly Dictionary<string, TypeId[]> TypesOfEncodings = new()
    {
        ["plain"] = [TypeId.Boolean, TypeId.Int32, TypeId.Int64, TypeId.Float32, TypeId.Float64, TypeId.Utf8, TypeId.Binary, TypeId.Uuid, TypeId.FixedBinary, TypeId.Decimal, TypeId.Date],
        ["dictionary"] = [TypeId.Int8, TypeId.Int32, TypeId.Int64, TypeId.Float64, TypeId.Utf8, TypeId.Uuid, TypeId.FixedBinary, TypeId.Decimal],
        ["rle"] = [TypeId.Boolean],
        ["delta_binary_packed"] = [TypeId.Int8, TypeId.Int16, TypeId.Int32, TypeId.UInt32, TypeId.Int64, TypeId.UInt64, TypeId.Date, TypeId.Timestamp],
        ["delta_length_byte_array"] = [TypeId.Utf8, TypeId.Binary, TypeId.Json],
        ["delta_byte_array"] = [TypeId.Utf8, TypeId.Binary, TypeId.Uuid, TypeId.FixedBinary],
        ["byte_stream_split"] = [TypeId.Float32, TypeId.Float64, TypeId.Int32, TypeId.Int64, TypeId.Uuid, TypeId.FixedBinary],
    };

    public static TheoryData<string, int> Encodings
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (string encoding in TypesOfEncodings.Keys)
            {
                data.Add(encoding, 1);
                data.Add(encoding, 2);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Each_encoding_of_our_writer_is_read_back(string encoding, int pageVersion)
    {
        using var leaks = new LeakCheck();
        foreach (double nulls in new[] { 0.0, 0.3, 0.98 })
        {
            var random = new RandomBatches(pageVersion + (int)(nulls * 100), new() { NullDensity = nulls, NonFinite = true });
            Field[] fields = [.. TypesOfEncodings[encoding].Select(t => new Field(t.ToString(), TypeOf(t)))];
            using RecordBatch batch = random.Batch(new Schema(fields), 1111);
            var options = new ParquetOptions
            {
                DataPageVersion = pageVersion,
                PageRows = 333,
                RowGroupRows = 700,
                Encodings = fields.ToDictionary(f => f.Name, _ => encoding),
            };
            using WrittenFile file = await WrittenFile.FromAsync(options, batch);
            byte[] bytes = await File.ReadAllBytesAsync(file.Path);
            List<RecordBatch> read = await ParquetFile.ReadAsync(bytes, i => ParquetFile.Everything(i) with { BatchRows = 127 });
            try
            {
                BatchAssert.EqualRows([batch], read);
            }
            finally
            {
                read.ForEach(b => b.Dispose());
            }
        }
    }

    [Theory]
    [InlineData("Encoding.PLAIN")]
    [InlineData("Encoding.DELTA_BINARY_PACKED")]
    [InlineData("Encoding.DELTA_LENGTH_BYTE_ARRAY")]
    [InlineData("Encoding.DELTA_BYTE_ARRAY")]
    [InlineData("Encoding.BYTE_STREAM_SPLIT")]
    public async Task Each_encoding_of_rusts_writer_is_read_as_duck_db_reads_it(string encoding)
    {
        using var leaks = new LeakCheck();
        string columns = encoding switch
        {
            "Encoding.DELTA_BINARY_PACKED" => "(h % 1000)::INTEGER AS a, h AS b, CASE WHEN i % 3 = 0 THEN NULL ELSE i END AS c, DATE '2020-01-01' + (i // 9)::INTEGER AS d, i * 1000000007 AS e",
            "Encoding.DELTA_LENGTH_BYTE_ARRAY" or "Encoding.DELTA_BYTE_ARRAY" => "'/a/path/' || (i // 10) || '/' || i AS a, CASE WHEN i % 4 = 0 THEN NULL ELSE repeat('x', i % 50) END AS b, encode('b' || h) AS c",
            "Encoding.BYTE_STREAM_SPLIT" => "sin(i) AS a, cos(i)::FLOAT AS b, CASE WHEN i % 5 = 0 THEN NULL ELSE sqrt(i) END AS c",
            _ => "i % 2 = 0 AS a, i AS b, sin(i) AS c, 't' || i AS d, CASE WHEN i % 5 = 0 THEN NULL ELSE (i / 4)::DECIMAL(30, 2) END AS e",
        };
        using ParquetFile written = ParquetFile.FromDuckDb($"SELECT {columns} FROM (SELECT i, (hash(i) >> 1)::BIGINT AS h FROM range(3000) t(i))");
        foreach (string version in new[] { "WriterVersion.V1", "WriterVersion.V2" })
        {
            using ParquetFile file = written.Rewrite(["setWriterVersion", version], ["setDictionaryEnabled", false], ["setEncoding", encoding], ["setDataPageSizeLimit", 4000]);
            await file.EqualsDuckDbAsync(batchRows: 999);
        }
    }

    private static DataType TypeOf(TypeId id) => id switch
    {
        TypeId.FixedBinary => DataType.FixedBinary(5),
        TypeId.Decimal => DataType.Decimal(30, 3),
        TypeId.Timestamp => DataType.Timestamp(),
        _ => DataType.Parse(TypeTable.Get(id).SqlName),
    };
}
