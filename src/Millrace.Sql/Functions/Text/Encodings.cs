using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Bytes as text and back: base64 (without line breaks), hexadecimal digits, and PostgreSQL's escape format; texts in URLs.</summary>
internal static class Encodings
{
    public static Column Encode(in KernelCall call) => Rows.Text(call, new EncodeRow(call));

    public static Column Decode(in KernelCall call) => Rows.Text(call, new DecodeRow(call));

    public static Column ToBase64(in KernelCall call) => Rows.Text(call, new Base64Row(call.Text(0)));

    public static Column UrlEncode(in KernelCall call) => Rows.Text(call, new UrlEncodeRow(call.Text(0)));

    public static Column UrlDecode(in KernelCall call) => Rows.Text(call, new UrlDecodeRow(call));

    private static void AppendBase64(ReadOnlySpan<byte> bytes, BinaryBuilder result)
    {
        Base64.EncodeToUtf8(bytes, result.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out int written);
        result.Commit(written);
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(text, name);

    private static void UnknownFormat(string function, ReadOnlySpan<byte> format, int row, RowFaults faults, BinaryBuilder result)
    {
        faults.Add(row, FunctionErrors.ArgumentCode, $"{function}: the format {FunctionErrors.Show(format)} is not known; there are base64, hex and escape.");
        result.AppendNull();
    }

    private readonly struct Base64Row(TextArgument bytes) : IBuilderRow<BinaryBuilder>
    {
        public void Append(int row, BinaryBuilder result) => AppendBase64(bytes[row], result);
    }

    private readonly ref struct EncodeRow(in KernelCall call) : IBuilderRow<BinaryBuilder>
    {
        private readonly TextArgument _bytes = call.Text(0);
        private readonly TextArgument _format = call.Text(1);
        private readonly RowFaults _faults = call.Faults;

        public void Append(int row, BinaryBuilder result)
        {
            ReadOnlySpan<byte> bytes = _bytes[row];
            ReadOnlySpan<byte> format = _format[row];
            if (Is(format, "base64"u8))
            {
                AppendBase64(bytes, result);
            }
            else if (Is(format, "hex"u8))
            {
                Convert.TryToHexStringLower(bytes, result.GetSpan(checked(bytes.Length * 2)), out int written);
                result.Commit(written);
            }
            else if (Is(format, "escape"u8))
            {
                result.Commit(Escape(bytes, result.GetSpan(checked(bytes.Length * 4))));
            }
            else
            {
                UnknownFormat("encode", format, row, _faults, result);
            }
        }

        private static int Escape(ReadOnlySpan<byte> bytes, Span<byte> target)
        {
            int written = 0;
            foreach (byte value in bytes)
            {
                if (value is 0 or >= 0x80)
                {
                    target[written++] = (byte)'\\';
                    target[written++] = (byte)('0' + (value >> 6));
                    target[written++] = (byte)('0' + ((value >> 3) & 7));
                    target[written++] = (byte)('0' + (value & 7));
                }
                else
                {
                    target[written++] = value;
                    if (value == '\\')
                    {
                        target[written++] = value;
                    }
                }
            }

            return written;
        }
    }

    private readonly ref struct DecodeRow(in KernelCall call) : IBuilderRow<BinaryBuilder>
    {
        private readonly TextArgument _text = call.Text(0);
        private readonly TextArgument? _format = call.Has(1) ? call.Text(1) : null;
        private readonly RowFaults _faults = call.Faults;

        public void Append(int row, BinaryBuilder result)
        {
            ReadOnlySpan<byte> text = _text[row];
            ReadOnlySpan<byte> format = _format is { } given ? given[row] : "base64"u8;
            Span<byte> target = result.GetSpan(text.Length);
            int written;
            bool valid;
            if (Is(format, "base64"u8))
            {
                valid = Base64.DecodeFromUtf8(text, target, out _, out written) == OperationStatus.Done;
            }
            else if (Is(format, "hex"u8))
            {
                valid = Convert.FromHexString(text, target, out _, out written) == OperationStatus.Done;
            }
            else if (Is(format, "escape"u8))
            {
                valid = TryUnescape(text, target, out written);
            }
            else
            {
                UnknownFormat("decode", format, row, _faults, result);
                return;
            }

            if (valid)
            {
                result.Commit(written);
            }
            else
            {
                _faults.Add(row, FunctionErrors.EncodedTextCode, $"decode: {FunctionErrors.Show(text)} is not {Encoding.UTF8.GetString(format)}.");
                result.AppendNull();
            }
        }

        private static bool TryUnescape(ReadOnlySpan<byte> text, Span<byte> target, out int written)
        {
            written = 0;
            for (int at = 0; at < text.Length; at++)
            {
                byte value = text[at];
                if (value == '\\')
                {
                    ReadOnlySpan<byte> rest = text[(at + 1)..];
                    if (rest.Length > 0 && rest[0] == '\\')
                    {
                        at++;
                    }
                    else if (rest.Length >= 3 && rest[0] is >= (byte)'0' and <= (byte)'3' && rest[1] is >= (byte)'0' and <= (byte)'7' && rest[2] is >= (byte)'0' and <= (byte)'7')
                    {
                        value = (byte)(((rest[0] - '0') << 6) | ((rest[1] - '0') << 3) | (rest[2] - '0'));
                        at += 3;
                    }
                    else
                    {
                        return false;
                    }
                }

                target[written++] = value;
            }

            return true;
        }
    }

    private readonly struct UrlEncodeRow(TextArgument text) : IBuilderRow<BinaryBuilder>
    {
        public void Append(int row, BinaryBuilder result)
        {
            ReadOnlySpan<byte> value = text[row];
            Span<byte> target = result.GetSpan(checked(value.Length * 3));
            int written = 0;
            foreach (byte b in value)
            {
                if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'~')
                {
                    target[written++] = b;
                }
                else
                {
                    target[written++] = (byte)'%';
                    target[written++] = "0123456789ABCDEF"u8[b >> 4];
                    target[written++] = "0123456789ABCDEF"u8[b & 15];
                }
            }

            result.Commit(written);
        }
    }

    private readonly struct UrlDecodeRow(in KernelCall call) : IBuilderRow<BinaryBuilder>
    {
        private readonly TextArgument _text = call.Text(0);
        private readonly RowFaults _faults = call.Faults;

        public void Append(int row, BinaryBuilder result)
        {
            ReadOnlySpan<byte> text = _text[row];
            Span<byte> target = result.GetSpan(text.Length);
            int written = 0;
            bool valid = true;
            for (int at = 0; at < text.Length && valid; at++)
            {
                byte value = text[at];
                if (value == '%')
                {
                    valid = at + 2 < text.Length && char.IsAsciiHexDigit((char)text[at + 1]) && char.IsAsciiHexDigit((char)text[at + 2]);
                    if (valid)
                    {
                        value = (byte)((Nibble(text[at + 1]) << 4) | Nibble(text[at + 2]));
                        at += 2;
                    }
                }

                target[written++] = value == '+' && text[at] == '+' ? (byte)' ' : value;
            }

            // What was encoded need not have been text.
            if (valid && System.Text.Unicode.Utf8.IsValid(target[..written]))
            {
                result.Commit(written);
            }
            else
            {
                _faults.Add(row, FunctionErrors.EncodedTextCode, $"url_decode: {FunctionErrors.Show(text)} is not the text of a URL.");
                result.AppendNull();
            }
        }

        private static int Nibble(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
    }
}
