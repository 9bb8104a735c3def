using System.Text;
using Millrace.Columnar;
using Millrace.Formats;
using Millrace.Formats.Avro;
using Millrace.Formats.Compression;
using Millrace.Formats.Csv;
using Millrace.Formats.Json;
using Millrace.Formats.MarkdownKv;
using Millrace.Formats.Parquet;

namespace Millrace.Fuzz;

/// <summary>Everything that is fuzzed.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<IFuzzTarget> All { get; } =
    [
        new FormatTarget("csv", [new CsvOptions(), new CsvOptions { Delimiter = "semicolon", Quoting = CsvQuoting.All }], [new CsvOptions(), new CsvOptions { AllText = true }, new CsvOptions { SampleRows = 2, InferDecimals = true }, new CsvOptions { Header = false, Quote = "none" }], Tokens("\"", "\"\"", ",", ";", "\t", "\r\n", "\r", "\n", "\ufeff", "\\", "NULL", "1e400", "-0", "2024-02-30", "\0")),
        new FormatTarget("json", [new JsonOptions(), new JsonOptions { Layout = JsonLayout.Array }], [new JsonOptions(), new JsonOptions { SampleRows = 2 }, new JsonOptions { Records = "/a", MaxDepth = 20 }, new JsonOptions { InferDecimals = true, LoneSurrogates = default }], Tokens("{", "}", "[", "]", ",", ":", "\"", "\\u0000", "\\ud800", "\\udc00", "\\\"", "null", "true", "1e999", "-0.0", "99999999999999999999", "\n", "\ufeff")),
        new FormatTarget("markdown-kv", [new MarkdownKvOptions(), new MarkdownKvOptions { WriteNulls = true }], [new MarkdownKvOptions(), new MarkdownKvOptions { Layout = MarkdownKvLayout.Table, SampleRows = 2 }, new MarkdownKvOptions { Layout = MarkdownKvLayout.Both }, new MarkdownKvOptions { Prose = MarkdownKvProse.Fail, MaxDocumentBytes = 64, MaxKeys = 3 }], Tokens("::", ":: ", "\n", "\n  ", "---\n", "\n---\n", "# ", "## ", "\n#\n", "```\n", "<!-- document -->\n", "<!-- document \"a\" 2026-01-01T00:00:00Z -->\n", "\\\"", "\"", "- ", ": |\n", "[", "{", "}", "]", ": ", "#")),
        new FormatTarget("parquet", [new ParquetOptions { Compression = ParquetCompression.None }, new ParquetOptions { Compression = ParquetCompression.None, DataPageVersion = 2, Dictionary = false }, new ParquetOptions(), new ParquetOptions { PageBytes = 1024, RowGroupRows = 16, PageChecksums = true }], [new ParquetOptions(), new ParquetOptions { VerifyChecksums = false }], Tokens("PAR1", "\u0015\u0000", "\u0019", "\u001c", "\u002c")),
        new FormatTarget("avro", [new AvroOptions { Compression = "null" }, new AvroOptions { Compression = "null", BlockBytes = 1024 }, new AvroOptions(), new AvroOptions { Compression = "deflate" }], [new AvroOptions(), new AvroOptions { MaxBlockBytes = 1 << 16 }], Tokens("\"null\"", "\"array\"", "\"items\":", "\"record\"", "\"logicalType\":\"decimal\"", "\"size\":", "[", "]", "{", "}", ",", "Obj\u0001")),
        new AvroResolutionTarget(),
        new CodecTarget("deflate", BlockCodec.Deflate),
        new CodecTarget("gzip", BlockCodec.Gzip),
        new CodecTarget("snappy", BlockCodec.Snappy),
        new CodecTarget("zstd", BlockCodec.Zstd),
        new CodecTarget("lz4-raw", BlockCodec.Lz4Raw),
        new CodecTarget("lz4-hadoop", BlockCodec.Lz4Hadoop),
        new CodecTarget("brotli", BlockCodec.Brotli),
        new FileCodecTarget("gzip-file", FileCodec.Gzip),
        new FileCodecTarget("zstd-file", FileCodec.Zstd),
        new FileCodecTarget("bzip2-file", FileCodec.Bzip2),
        new YamlTarget(),
        .. StateTarget.All,
        new TextTarget("avro-schema", text => AvroType.Parse(text), Tokens("\"null\"", "\"array\"", "\"record\"", "\"fields\":", "[", "]", "{", "}", ",", "\\ud800", "-1", "1e99")),
        new SqlTarget(),
        new TextTarget("type-name", text => TypeName.TryParse(text, out _, out _), Tokens("array<", "map<", "struct<", ">", "(", ")", ",", " not null", "\"", "decimal(38,38)", "[UTC]")),
    ];

    private static byte[][] Tokens(params string[] tokens) => [.. tokens.Select(Encoding.UTF8.GetBytes)];
}
