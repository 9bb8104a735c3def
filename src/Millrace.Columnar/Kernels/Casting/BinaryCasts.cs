namespace Millrace.Columnar;

/// <summary>
/// Bytes and UUIDs. As text, bytes are <c>\x</c> and hexadecimal digits; other text becomes the bytes of its UTF-8.
/// </summary>
internal static unsafe class BinaryCasts
{
    public static Column Parse(Column source, DataType target, CastFailures failures)
    {
        var text = (BinaryColumn)source;
        using var builder = new BinaryBuilder(target, text.Length);
        for (int row = 0; row < text.Length; row++)
        {
            ReadOnlySpan<byte> value = text[row];
            if (text.IsNull(row))
            {
                builder.AppendNull();
            }
            else if (!value.StartsWith(HexText.Prefix))
            {
                builder.Append(value);
            }
            else if (HexText.TryParse(value, builder.GetSpan(value.Length), out int written))
            {
                builder.Commit(written);
            }
            else
            {
                failures.AddText(row, value, target);
                builder.AppendNull();
            }
        }

        return builder.Build();
    }

    public static Column ParseFixed(Column source, DataType target, CastFailures failures)
    {
        var text = (BinaryColumn)source;
        int width = target.ByteWidth;
        NativeBuffer buffer = KernelMemory.RentValues(text.Length, width, target);
        buffer.Span.Clear();
        for (int row = 0; row < text.Length; row++)
        {
            if (!text.IsNull(row) && !TryParse(TextCasts.Trim(text[row]), target, new Span<byte>(buffer.Pointer + ((long)row * width), width)))
            {
                failures.AddText(row, text[row], target);
            }
        }

        return new FixedBinaryColumn(target, text.Length, buffer, failures.Validity(source));
    }

    public static Column ToBinary(Column source, DataType target, CastFailures failures)
    {
        var binary = (FixedBinaryColumn)source;
        NativeBuffer offsets = BufferPool.Rent((source.Length + 1) * sizeof(int));
        NativeBuffer data = BufferPool.Rent(binary.Bytes.Length);
        binary.Bytes.CopyTo(data.Span);
        for (int row = 0; row <= source.Length; row++)
        {
            ((int*)offsets.Pointer)[row] = row * binary.Width;
        }

        return new BinaryColumn(target, source.Length, offsets, data, failures.Validity(source));
    }

    public static Column ToFixed(Column source, DataType target, CastFailures failures)
    {
        var binary = (BinaryColumn)source;
        int width = target.ByteWidth;
        NativeBuffer buffer = KernelMemory.RentValues(source.Length, width, target);
        buffer.Span.Clear();
        for (int row = 0; row < source.Length; row++)
        {
            ReadOnlySpan<byte> value = binary[row];
            if (value.Length == width)
            {
                value.CopyTo(new Span<byte>(buffer.Pointer + ((long)row * width), width));
            }
            else if (!source.IsNull(row))
            {
                failures.Add(row, $"A value of {value.Length} bytes does not fit {target}, which has {width}.");
            }
        }

        return new FixedBinaryColumn(target, source.Length, buffer, failures.Validity(source));
    }

    /// <summary>Bytes or UUIDs as text.</summary>
    public static Column Format(Column source, DataType target)
    {
        using var builder = new BinaryBuilder(target, source.Length);
        for (int row = 0; row < source.Length; row++)
        {
            ReadOnlySpan<byte> value = source is BinaryColumn binary ? binary[row] : ((FixedBinaryColumn)source)[row];
            if (source.IsNull(row))
            {
                builder.AppendNull();
            }
            else if (source.Type.Id == TypeId.Uuid)
            {
                builder.Commit(UuidText.Format(value, builder.GetSpan(UuidText.Length)));
            }
            else
            {
                builder.Commit(HexText.Format(value, builder.GetSpan(HexText.FormattedLength(value.Length))));
            }
        }

        return builder.Build();
    }

    private static bool TryParse(ReadOnlySpan<byte> text, DataType type, Span<byte> target)
    {
        if (type.Id == TypeId.Uuid)
        {
            return UuidText.TryParse(text, target);
        }

        return text.Length == HexText.FormattedLength(target.Length) && HexText.TryParse(text, target, out _);
    }
}
