using System.Text;
using Millrace.Formats;
using Millrace.Formats.Avro;

namespace Millrace.Fuzz;

/// <summary>
/// A schema, a schema to read with and the bytes of rows, in a container that is put together around them: damage goes to
/// the rows, where in a file most of it ends at the markers. The parts of an input are separated by zeros.
/// </summary>
internal sealed class AvroResolutionTarget : IFuzzTarget
{
    private const string Scalars = """
        {"type":"record","name":"r","fields":[{"name":"b","type":"boolean"},{"name":"i","type":"int"},{"name":"l","type":"long"},{"name":"f","type":"float"},{"name":"d","type":"double"},{"name":"s","type":"string"},{"name":"y","type":"bytes"},{"name":"x","type":{"type":"fixed","name":"x","size":16}},{"name":"e","type":{"type":"enum","name":"e","symbols":["A","B"]}}]}
        """;

    private const string Logical = """
        {"type":"record","name":"r","fields":[{"name":"d","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},{"name":"x","type":{"type":"fixed","name":"x","size":16,"logicalType":"uuid"}},{"name":"u","type":{"type":"string","logicalType":"uuid"}},{"name":"t","type":{"type":"long","logicalType":"timestamp-micros"}},{"name":"m","type":{"type":"int","logicalType":"time-millis"}},{"name":"p","type":{"type":"fixed","name":"p","size":12,"logicalType":"duration"}},{"name":"k","type":{"type":"int","sql-type":"utinyint"}},{"name":"v","type":{"type":"string","sql-type":"interval"}},{"name":"w","type":{"type":"bytes","logicalType":"decimal","precision":20,"scale":0,"sql-type":"ubigint"}}]}
        """;

    private const string Nested = """
        {"type":"record","name":"r","fields":[{"name":"a","type":{"type":"array","items":["null","int"]}},{"name":"m","type":{"type":"map","values":{"type":"array","items":"string"}}},{"name":"u","type":["null","int","string",{"type":"record","name":"in","fields":[{"name":"p","type":"long"}]}]},{"name":"r","type":["null","r"]},{"name":"z","type":{"type":"array","items":"null"}},{"name":"kv","type":{"type":"array","logicalType":"map","items":{"type":"record","name":"en","fields":[{"name":"key","type":"int"},{"name":"value","type":["null","in"]}]}}}]}
        """;

    private const string Wider = """
        {"type":"record","name":"r","fields":[{"name":"new","type":["null","string"],"default":null},{"name":"d","type":["null","double"]},{"name":"l","type":["double","long","null"]},{"name":"i","type":"long"},{"name":"s","type":"bytes"},{"name":"e","type":{"type":"enum","name":"e","symbols":["B","C"],"default":"C"}},{"name":"was","aliases":["f"],"type":"double"},{"name":"c","type":{"type":"map","values":"int"},"default":{"k":1}}]}
        """;

    private readonly AvroFormat _format = new();

    public string Name => "avro-resolution";

    public IReadOnlyList<byte[]> Tokens { get; } =
        [.. new[] { "\"null\"", "\"int\"", "\"long\"", "\"float\"", "\"double\"", "\"string\"", "\"bytes\"", "\"boolean\"", "{\"type\":\"array\",\"items\":", "\"logicalType\":\"date\"", "\"logicalType\":\"decimal\",\"precision\":9", "\"logicalType\":\"timestamp-millis\"", "\"aliases\":[\"a\"]", "\"default\":null", "\"sql-type\":\"tinyint\"", "\"column-name\":\"i\",", "[", "]", "{", "}", ",", "\0" }.Select(Encoding.UTF8.GetBytes)];

    public IEnumerable<byte[]> Seeds(Random random)
    {
        foreach ((string writer, string reader) in new[] { (Scalars, Scalars), (Scalars, Wider), (Logical, Logical), (Logical, Scalars), (Nested, Nested), (Nested, Wider), (Scalars, Logical) })
        {
            for (int i = 0; i < 4; i++)
            {
                byte[] rows = new byte[random.Next(200)];
                for (int at = 0; at < rows.Length; at++)
                {
                    rows[at] = (byte)(random.Next(3) == 0 ? random.Next(256) : random.Next(5));
                }

                yield return [.. Encoding.UTF8.GetBytes($"{writer}\0{reader}\0"), (byte)random.Next(1, 5), .. rows];
            }
        }
    }

    public void Run(byte[] input)
    {
        int first = Array.IndexOf(input, (byte)0);
        int second = first < 0 ? -1 : Array.IndexOf(input, (byte)0, first + 1);
        if (second < 0 || second + 1 >= input.Length)
        {
            return;
        }

        string reader = Encoding.UTF8.GetString(input, first + 1, second - first - 1);
        if (!reader.TrimStart().StartsWith('{') && !reader.TrimStart().StartsWith('['))
        {
            // It would be the path of a file.
            return;
        }

        RunAsync(Container(input.AsSpan(0, first), input[second + 1], input.AsSpan(second + 2)), reader).GetAwaiter().GetResult();
    }

    private async Task RunAsync(byte[] file, string reader)
    {
        var source = new MemoryByteSource(file, "input");
        FileInspection inspection = await _format.InspectAsync(source, new AvroOptions { ReaderSchema = reader }, CancellationToken.None);
        var request = new FileReadRequest { Columns = inspection.Schema, Range = FileRange.Whole(file.Length), BatchRows = 3, RowErrors = new IgnoredRowErrors() };
        await using IBatchReader rows = _format.OpenReader(source, inspection, request);
        while (await rows.ReadAsync(CancellationToken.None) is { } batch)
        {
            using (batch)
            {
                BatchInvariants.Check(batch, inspection.Schema);
            }
        }
    }

    private static byte[] Container(ReadOnlySpan<byte> schema, byte rows, ReadOnlySpan<byte> data)
        => [.. "Obj\u0001"u8, 2, 22, .. "avro.schema"u8, .. Long(schema.Length), .. schema, 0, .. new byte[16], .. Long(rows), .. Long(data.Length), .. data, .. new byte[16]];

    private static List<byte> Long(int value)
    {
        var bytes = new List<byte>();
        for (uint bits = (uint)value << 1; ; bits >>= 7)
        {
            bytes.Add((byte)(bits >= 0x80 ? bits | 0x80 : bits));
            if (bits < 0x80)
            {
                return bytes;
            }
        }
    }
}
