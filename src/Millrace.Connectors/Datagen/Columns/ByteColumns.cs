using System.Buffers.Binary;
using Millrace.Columnar;

namespace Millrace.Connectors.Datagen;

/// <summary>Random bytes of the width of the type; in columns of UUIDs, such of version 4.</summary>
internal sealed class FixedBytesColumn(DataType type, Dice dice) : ColumnGenerator(type)
{
    private readonly Dice _parts = dice.Fork(1);

    public override long RowBytes => Type.ByteWidth;

    public override Column Build(long firstRow, int count)
    {
        using var builder = new FixedBinaryBuilder(Type, count);
        Span<byte> bytes = builder.AppendUninitialized(count);
        int width = Type.ByteWidth;
        for (int i = 0; i < count; i++)
        {
            RandomBytes.Fill(bytes.Slice(i * width, width), dice, _parts, firstRow + i);
        }

        if (Type.Id == TypeId.Uuid)
        {
            for (int at = 0; at < bytes.Length; at += 16)
            {
                bytes[at + 6] = (byte)(0x40 | (bytes[at + 6] & 0x0F));
                bytes[at + 8] = (byte)(0x80 | (bytes[at + 8] & 0x3F));
            }
        }

        return builder.Build();
    }
}

/// <summary>Random bytes of random length.</summary>
internal sealed class BytesColumn(Dice dice, int least, int most) : ColumnGenerator(DataType.Binary)
{
    private readonly Dice _parts = dice.Fork(1);
    private readonly Dice _lengths = dice.Fork(2);

    public override long RowBytes => most + sizeof(int);

    public override Column Build(long firstRow, int count)
    {
        using var builder = new BinaryBuilder(DataType.Binary, count);
        for (int i = 0; i < count; i++)
        {
            long row = firstRow + i;
            int length = least + (int)_lengths.Below(row, (ulong)(most - least));
            RandomBytes.Fill(builder.GetSpan(length)[..length], dice, _parts, row);
            builder.Commit(length);
        }

        return builder.Build();
    }
}

/// <summary>Bytes out of dice.</summary>
internal static class RandomBytes
{
    /// <param name="target">Where they go.</param>
    /// <param name="dice">Chance of the row.</param>
    /// <param name="parts">Chance of the eight bytes after the first, and so on.</param>
    /// <param name="row">Number of the row.</param>
    public static void Fill(Span<byte> target, Dice dice, Dice parts, long row)
    {
        ulong first = dice.Bits(row);
        ulong bits = first;
        Span<byte> eight = stackalloc byte[sizeof(ulong)];
        for (int part = 0; !target.IsEmpty; part++)
        {
            if (part > 0)
            {
                bits = parts.Bits(unchecked((long)first + part));
            }

            BinaryPrimitives.WriteUInt64LittleEndian(eight, bits);
            int length = Math.Min(eight.Length, target.Length);
            eight[..length].CopyTo(target);
            target = target[length..];
        }
    }
}
