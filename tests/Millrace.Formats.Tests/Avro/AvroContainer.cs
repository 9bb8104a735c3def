using System.Text;

namespace Millrace.Formats.Tests.Avro;

/// <summary>
/// The parts of an object container file, taken apart and put together by code that is not the library's: slow, plain, and
/// able to write what is wrong.
/// </summary>
internal sealed class AvroContainer
{
    public List<(string Key, byte[] Value)> Metadata { get; } = [];

    public byte[] Sync { get; set; } = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];

    /// <summary>Rows and their bytes, as they stand in the file.</summary>
    public List<(long Rows, byte[] Data)> Blocks { get; } = [];

    public string Schema => Encoding.UTF8.GetString(Metadata.Single(m => m.Key == "avro.schema").Value);

    public static AvroContainer Of(string schema, string codec, params (long Rows, byte[] Data)[] blocks)
    {
        var container = new AvroContainer();
        container.Metadata.Add(("avro.schema", Encoding.UTF8.GetBytes(schema)));
        container.Metadata.Add(("avro.codec", Encoding.UTF8.GetBytes(codec)));
        container.Blocks.AddRange(blocks);
        return container;
    }

    public static AvroContainer Parse(byte[] file)
    {
        var container = new AvroContainer();
        int at = 4;
        for (long count; (count = ReadLong(file, ref at)) != 0;)
        {
            for (long i = 0; i < count; i++)
            {
                string key = Encoding.UTF8.GetString(ReadBytes(file, ref at));
                container.Metadata.Add((key, ReadBytes(file, ref at)));
            }
        }

        container.Sync = file[at..(at + 16)];
        at += 16;
        while (at < file.Length)
        {
            long rows = ReadLong(file, ref at);
            container.Blocks.Add((rows, ReadBytes(file, ref at)));
            Assert.Equal(container.Sync, file[at..(at + 16)]);
            at += 16;
        }

        return container;
    }

    /// <summary>The same rows under another codec.</summary>
    public byte[] Recompress(string codec, Func<byte[], byte[]> compress)
        => Of(Schema, codec, [.. Blocks.Select(b => (b.Rows, compress(b.Data)))]).ToFile();

    public byte[] ToFile()
    {
        var file = new List<byte>("Obj\u0001"u8.ToArray());
        file.AddRange(Long(Metadata.Count));
        foreach ((string key, byte[] value) in Metadata)
        {
            file.AddRange(Bytes(Encoding.UTF8.GetBytes(key)));
            file.AddRange(Bytes(value));
        }

        file.Add(0);
        file.AddRange(Sync);
        foreach ((long rows, byte[] data) in Blocks)
        {
            file.AddRange(Long(rows));
            file.AddRange(Bytes(data));
            file.AddRange(Sync);
        }

        return [.. file];
    }

    /// <summary>A whole number in the binary encoding.</summary>
    public static byte[] Long(long value)
    {
        var bytes = new List<byte>();
        for (ulong bits = (ulong)((value << 1) ^ (value >> 63)); ; bits >>= 7)
        {
            if (bits < 128)
            {
                bytes.Add((byte)bits);
                return [.. bytes];
            }

            bytes.Add((byte)((bits % 128) + 128));
        }
    }

    /// <summary>Bytes or text in the binary encoding.</summary>
    public static byte[] Bytes(byte[] value) => [.. Long(value.Length), .. value];

    private static byte[] ReadBytes(byte[] file, ref int at)
    {
        int length = (int)ReadLong(file, ref at);
        at += length;
        return file[(at - length)..at];
    }

    private static long ReadLong(byte[] file, ref int at)
    {
        ulong bits = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte part = file[at++];
            bits |= (ulong)(part & 127) << shift;
            if (part < 128)
            {
                return (long)(bits / 2) ^ -(long)(bits % 2);
            }
        }
    }
}
