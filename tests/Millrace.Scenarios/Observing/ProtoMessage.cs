using System.Buffers.Binary;
using System.Text;

namespace Millrace.Scenarios.Observing;

/// <summary>A message of protocol buffers without its schema: fields by number. See protobuf.dev, "Encoding".</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Number, ulong Value, byte[]? Bytes)> _fields = [];

    public static ProtoMessage Parse(ReadOnlySpan<byte> bytes)
    {
        var message = new ProtoMessage();
        while (bytes.Length > 0)
        {
            ulong tag = Varint(ref bytes);
            int number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    message._fields.Add((number, Varint(ref bytes), null));
                    break;
                case 1:
                    message._fields.Add((number, BinaryPrimitives.ReadUInt64LittleEndian(bytes), null));
                    bytes = bytes[8..];
                    break;
                case 2:
                    int length = (int)Varint(ref bytes);
                    message._fields.Add((number, 0, bytes[..length].ToArray()));
                    bytes = bytes[length..];
                    break;
                case 5:
                    message._fields.Add((number, BinaryPrimitives.ReadUInt32LittleEndian(bytes), null));
                    bytes = bytes[4..];
                    break;
                default:
                    throw new InvalidDataException($"Wire type {tag & 7}.");
            }
        }

        return message;
    }

    public bool Has(int number) => _fields.Exists(f => f.Number == number);

    public ulong Number(int number) => _fields.Find(f => f.Number == number).Value;

    public double Double(int number) => BitConverter.UInt64BitsToDouble(Number(number));

    public string Text(int number) => Encoding.UTF8.GetString(Bytes(number));

    public byte[] Bytes(int number) => _fields.Find(f => f.Number == number).Bytes ?? [];

    public IReadOnlyList<ProtoMessage> Messages(int number) => [.. _fields.Where(f => f.Number == number).Select(f => Parse(f.Bytes!))];

    /// <summary>Key-value pairs of OTLP: <c>KeyValue { 1: key, 2: AnyValue { 1: string, 2: bool, 3: int, 4: double } }</c>.</summary>
    public IReadOnlyDictionary<string, object> Attributes(int number)
        => Messages(number).ToDictionary(pair => pair.Text(1), pair => pair.Messages(2)[0] switch
        {
            var value when value.Has(2) => value.Number(2) != 0,
            var value when value.Has(3) => (long)value.Number(3),
            var value when value.Has(4) => value.Double(4),
            var value => (object)value.Text(1),
        });

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
