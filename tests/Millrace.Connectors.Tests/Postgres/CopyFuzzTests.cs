using System.Buffers.Binary;
using Millrace.Connectors.Common;
using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres;

/// <summary>
/// Binary output of COPY that is whole, cut off or damaged, against all decoders: rows or an error of the catalogue, and nothing else.
/// <c>MILLRACE_FUZZ=n</c> sets how many streams.
/// </summary>
[Trait("speed", "slow")]
public class CopyFuzzTests
{
    private static readonly int Streams = int.TryParse(Environment.GetEnvironmentVariable("MILLRACE_FUZZ"), System.Globalization.CultureInfo.InvariantCulture, out int n) ? n : 4_000;

    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xff, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private static readonly IReadOnlyList<TypeMapping> Mappings = Make();

    [Fact]
    public Task Whole_streams_give_their_fields_however_they_arrive() => LeakCheck.RunAsync(async () =>
    {
        var random = new Random(1);
        for (int i = 0; i < Streams / 4; i++)
        {
            int columns = random.Next(1, 8);
            byte[]?[][] rows = [.. Enumerable.Range(0, random.Next(0, 60)).Select(_ => Enumerable.Range(0, columns).Select(_ => random.Next(5) == 0 ? null : Bytes(random, random.Next(3) == 0 ? random.Next(3000) : random.Next(9))).ToArray())];
            var read = new List<byte[]?[]>();
            using (var copy = new CopyRows(new Chunks(Stream(rows), random), columns, random.Next(1, 40)))
            {
                while (await copy.ReadAsync(default))
                {
                    for (int row = 0; row < copy.Rows; row++)
                    {
                        var fields = new byte[]?[columns];
                        for (int c = 0; c < columns; c++)
                        {
                            FieldRun run = copy.Field(c);
                            fields[c] = run.IsNull(row) ? null : run[row].ToArray();
                        }

                        read.Add(fields);
                    }
                }
            }

            Assert.Equal(rows.Length, read.Count);
            for (int row = 0; row < rows.Length; row++)
            {
                Assert.True(rows[row].Zip(read[row]).All(f => f.First is null ? f.Second is null : f.First.AsSpan().SequenceEqual(f.Second)), $"stream {i}, row {row}");
            }
        }
    });

    [Fact]
    public Task Damaged_streams_end_in_rows_or_in_an_error() => LeakCheck.RunAsync(async () =>
    {
        var random = new Random(2);
        int failed = 0;
        int decoded = 0;
        for (int i = 0; i < Streams; i++)
        {
            TypeMapping[] columns = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Mappings[random.Next(Mappings.Count)])];
            byte[]?[][] rows = [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => columns.Select(c => random.Next(6) == 0 ? null : Value(random, c.Type)).ToArray())];
            byte[] stream = Damage(random, Stream(rows));
            try
            {
                decoded += await DecodeAsync(stream, columns, random);
            }
            catch (MillraceException e)
            {
                Assert.Equal(PostgresErrors.BrokenCopy, e.Code);
                failed++;
            }
        }

        // Either alone would mean that the damage is none, or all there is.
        Assert.True(failed > Streams / 10 && decoded > Streams, $"{failed} of {Streams} failed, {decoded} rows decoded");
    });

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData((1 << 30) + (2 << 20))]
    [InlineData(-2)]
    [InlineData(int.MinValue)]
    public async Task A_length_that_nothing_follows_costs_no_memory(int length)
    {
        byte[] stream = [.. Header, 0, 1, .. new byte[4], 1, 2, 3];
        BinaryPrimitives.WriteInt32BigEndian(stream.AsSpan(Header.Length + 2), length);
        long before = GC.GetAllocatedBytesForCurrentThread();
        using (var rows = new CopyRows(new MemoryStream(stream), 1, 16))
        {
            Assert.Equal(PostgresErrors.BrokenCopy, (await Assert.ThrowsAsync<MillraceException>(async () => await rows.ReadAsync(default))).Code);
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 2 << 20);
    }

    private static async Task<int> DecodeAsync(byte[] stream, TypeMapping[] columns, Random random)
    {
        int batchRows = random.Next(1, 12);
        var decoders = Array.ConvertAll(columns, c => c.Decoder(batchRows));
        var bad = new BadValues();
        int rows = 0;
        try
        {
            using var copy = new CopyRows(new Chunks(stream, random), columns.Length, batchRows);
            while (await copy.ReadAsync(default))
            {
                for (int c = 0; c < decoders.Length; c++)
                {
                    bad.Column = c;
                    decoders[c].Decode(copy.Field(c), bad);
                    using Column column = decoders[c].Builder.Build();
                    Assert.Equal(copy.Rows, column.Length);
                    Assert.Equal(columns[c].Type, column.Type);
                }

                rows += copy.Rows;
                bad.Clear();
            }
        }
        finally
        {
            Array.ForEach(decoders, d => d.Dispose());
        }

        return rows;
    }

    private static List<TypeMapping> Make()
    {
        var types = new Dictionary<uint, PgType>();
        uint oid = 1;
        var mappings = BuiltInTypes.All.Select(t => t.Mapping).ToList();
        foreach (string name in new[] { "int4", "text", "numeric", "timestamptz", "jsonb", "uuid" })
        {
            types[oid] = new PgType { Oid = oid, Name = name, Schema = "pg_catalog", Kind = PgTypeKind.Base };
            types[oid + 1] = new PgType { Oid = oid + 1, Name = "_" + name, Schema = "pg_catalog", Kind = PgTypeKind.Array, Element = oid };
            types[oid + 2] = new PgType { Oid = oid + 2, Name = "c_" + name, Schema = "public", Kind = PgTypeKind.Composite, Attributes = [new PgAttribute("a", oid, -1), new PgAttribute("b", oid + 1, -1)] };
            types[oid + 3] = new PgType { Oid = oid + 3, Name = "_c_" + name, Schema = "public", Kind = PgTypeKind.Array, Element = oid + 2 };
            oid += 4;
        }

        var mapper = new TypeMapper(types, DataType.Decimal(38, 9));
        mappings.AddRange(types.Keys.Select(t => mapper.Map(t, -1)));
        return mappings;
    }

    // Mostly a value of its type, as the server would send it.
    private static byte[] Value(Random random, DataType type)
    {
        if (random.Next(200) == 0)
        {
            return Bytes(random, random.Next(40));
        }

        return type.Id switch
        {
            TypeId.Boolean => [(byte)random.Next(2)],
            TypeId.Int16 => Bytes(random, 2),
            TypeId.Int32 or TypeId.UInt32 or TypeId.Float32 or TypeId.Date => Bytes(random, 4),
            TypeId.Int64 or TypeId.Float64 or TypeId.Timestamp or TypeId.Time => Bytes(random, 8),
            TypeId.Uuid or TypeId.Interval => Bytes(random, 16),
            TypeId.Decimal => Number(random),
            TypeId.Json => [1, .. "{\"a\":1}"u8],
            TypeId.List => List(random, type.Element.Type),
            TypeId.Struct => [.. Int(type.Children.Count), .. type.Children.SelectMany(f => Part(random, f.Type, withType: true))],
            _ => random.Next(2) == 0 ? [2, 32, 0, 4, .. Bytes(random, 4)] : [.. "some text"u8],
        };
    }

    private static byte[] Number(Random random)
    {
        int digits = random.Next(0, 9);
        short[] words = [(short)digits, (short)random.Next(-8, 9), (short)(random.Next(4) switch { 0 => 0x4000, 1 => 0xC000, _ => 0 }), (short)random.Next(20), .. Enumerable.Range(0, digits).Select(_ => (short)random.Next(10_000))];
        return [.. words.SelectMany(w => new[] { (byte)(w >> 8), (byte)w })];
    }

    private static byte[] List(Random random, DataType element)
    {
        int count = random.Next(0, 5);
        return count == 0 && random.Next(2) == 0
            ? [.. Int(0), .. Int(0), .. Int(23)]
            : [.. Int(random.Next(20) == 0 ? 2 : 1), .. Int(1), .. Int(23), .. Int(count), .. Int(1), .. Enumerable.Range(0, count).SelectMany(_ => Part(random, element, withType: false))];
    }

    private static byte[] Part(Random random, DataType type, bool withType)
    {
        byte[]? value = random.Next(5) == 0 ? null : Value(random, type);
        return [.. withType ? Int(23) : [], .. Int(value?.Length ?? -1), .. value ?? []];
    }

    private static byte[] Stream(byte[]?[][] rows)
        => [.. Header, .. rows.SelectMany(r => (byte[])[(byte)(r.Length >> 8), (byte)r.Length, .. r.SelectMany(f => (byte[])[.. Int(f?.Length ?? -1), .. f ?? []])]), 0xff, 0xff];

    private static byte[] Damage(Random random, byte[] stream)
    {
        switch (random.Next(4))
        {
            case 0:
                return stream[..random.Next(stream.Length)];
            case 1:
                for (int i = random.Next(1, 6); i > 0; i--)
                {
                    stream[random.Next(stream.Length)] = (byte)random.Next(256);
                }

                return stream;
            case 2:
                // A length somewhere, made hostile.
                int at = random.Next(Math.Max(1, stream.Length - 4));
                int[] lengths = [int.MaxValue, int.MinValue, -2, 1 << 20, 0, random.Next()];
                BinaryPrimitives.WriteInt32BigEndian(stream.AsSpan(at), lengths[random.Next(lengths.Length)]);
                return stream;
            default:
                return stream;
        }
    }

    private static byte[] Int(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Hands out bytes in pieces of any size.</summary>
    private sealed class Chunks(byte[] bytes, Random random) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => base.ReadAsync(buffer[..Math.Min(buffer.Length, random.Next(3) == 0 ? random.Next(1, 8) : random.Next(1, 5000))], cancellationToken);
    }
}
