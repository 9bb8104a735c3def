using System.Text.Json;

namespace Millrace.Columnar;

/// <summary>Text to and from every type. Blanks around a value are not part of it.</summary>
internal static unsafe class TextCasts
{
    private const int MaxJsonDepth = 256;

    public static Column Parse(Column source, DataType target, CastFailures failures)
        => TextForms.Dispatch<ParseVisitor, Column>(target, new ParseVisitor((BinaryColumn)source, target, failures));

    public static Column ParseBoolean(Column source, DataType target, CastFailures failures)
    {
        var text = (BinaryColumn)source;
        NativeBuffer values = BufferPool.Rent(Bits.ByteCount(text.Length));
        for (int row = 0; row < text.Length; row++)
        {
            bool value = false;
            if (!text.IsNull(row) && !BooleanText.TryParse(Trim(text[row]), out value))
            {
                failures.AddText(row, text[row], target);
            }

            Bits.Write(values.Pointer, row, value);
        }

        return new BooleanColumn(text.Length, values, failures.Validity(source));
    }

    public static Column CheckJson(Column source, DataType target, CastFailures failures)
    {
        var text = (BinaryColumn)source;
        for (int row = 0; row < text.Length; row++)
        {
            if (!text.IsNull(row) && !IsJson(text[row]))
            {
                failures.AddText(row, text[row], target);
            }
        }

        if (failures.Count == 0)
        {
            return source.Retype(target);
        }

        using var builder = new BinaryBuilder(target, text.Length);
        builder.AppendRange(source, 0, text.Length);
        foreach (CastFailure failure in failures.All)
        {
            builder.SetNull(failure.Row);
        }

        return builder.Build();
    }

    /// <summary>Values in their text form.</summary>
    public static Column Format(Column source, DataType target, CastFailures failures)
    {
        if (source is FixedBinaryColumn or BinaryColumn)
        {
            return BinaryCasts.Format(source, target);
        }

        using var text = new ByteBuffer(source.Length * 8);
        using NativeBuffer offsets = KernelMemory.RentValues(source.Length + 1, sizeof(int), target);
        int* ends = (int*)offsets.Pointer;
        ends[0] = 0;
        if (source is BooleanColumn booleans)
        {
            for (int row = 0; row < booleans.Length; row++)
            {
                text.Write(booleans.Values[row] ? "true"u8 : "false"u8);
                ends[row + 1] = text.Length;
            }
        }
        else
        {
            // As in SQL; files and JSON have the T of ISO 8601 instead.
            TextForms.Dispatch<FormatVisitor, int>(source.Type, new FormatVisitor(source, text, ends), timeSeparator: (byte)' ');
        }

        return Finish(source, target, text, offsets, failures);
    }

    /// <summary>Values of any type as JSON.</summary>
    public static Column ToJson(Column source, DataType target, CastFailures failures)
    {
        using var text = new ByteBuffer(source.Length * 16);
        using NativeBuffer offsets = KernelMemory.RentValues(source.Length + 1, sizeof(int), target);
        int* ends = (int*)offsets.Pointer;
        ends[0] = 0;
        JsonValueWriter writer = JsonValueWriter.Create(source);
        for (int row = 0; row < source.Length; row++)
        {
            if (!source.IsNull(row))
            {
                writer.Write(row, text);
            }

            ends[row + 1] = text.Length;
        }

        return Finish(source, target, text, offsets, failures);
    }

    /// <summary>A value without blanks around it.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n"u8);

    private static BinaryColumn Finish(Column source, DataType target, ByteBuffer text, NativeBuffer offsets, CastFailures failures)
    {
        NativeBuffer data = BufferPool.Rent(text.Length);
        text.Written.CopyTo(data.Span);
        return new BinaryColumn(target, source.Length, offsets.Share(), data, failures.Validity(source));
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxJsonDepth });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private readonly struct ParseVisitor(BinaryColumn source, DataType target, CastFailures failures) : ITextFormVisitor<Column>
    {
        public Column Visit<T, TForm>(TForm form)
            where T : unmanaged
            where TForm : struct, ITextForm<T>
        {
            NativeBuffer buffer = KernelMemory.RentValues(source.Length, sizeof(T), target);
            T* values = (T*)buffer.Pointer;
            for (int row = 0; row < source.Length; row++)
            {
                ReadOnlySpan<byte> text = source[row];
                if (!form.TryParse(text, out values[row]) && !source.IsNull(row) && !form.TryParse(Trim(text), out values[row]))
                {
                    failures.AddText(row, text, target);
                }
            }

            return new FixedColumn<T>(target, source.Length, buffer, failures.Validity(source));
        }
    }

    private readonly struct FormatVisitor(Column source, ByteBuffer text, int* ends) : ITextFormVisitor<int>
    {
        public int Visit<T, TForm>(TForm form)
            where T : unmanaged
            where TForm : struct, ITextForm<T>
        {
            ReadOnlySpan<T> values = ((FixedColumn<T>)source).Values;
            Bitmap validity = source.Validity;
            for (int row = 0; row < values.Length; row++)
            {
                if (validity[row])
                {
                    text.Advance(form.Format(values[row], text.GetSpan(form.MaxLength)));
                }

                ends[row + 1] = text.Length;
            }

            return values.Length;
        }
    }
}
