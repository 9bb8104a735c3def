using System.Numerics;
using System.Text;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Characters and numbers as texts.</summary>
internal static class Characters
{
    public static Column CodePoint(in KernelCall call) => Rows.Fixed<int, CodePointRow>(call, new CodePointRow(call.Text(0)));

    public static Column Character(in KernelCall call) => Rows.Text(call, new CharacterRow(call));

    /// <summary>A number in a base that is a power of two; negative numbers as their two's complement.</summary>
    public static ScalarKernel Digits<T>(int bitsPerDigit)
        where T : unmanaged, IBinaryInteger<T> => (in KernelCall call) => Rows.Text(call, new DigitsRow<T>(call, bitsPerDigit));

    private readonly struct CodePointRow(TextArgument text) : IFixedRow<int>
    {
        public bool TryValue(int row, out int value)
        {
            ReadOnlySpan<byte> all = text[row];
            int at = 0;
            value = all.IsEmpty ? 0 : Utf8Text.Read(all, ref at).Value;
            return true;
        }
    }

    private readonly ref struct CharacterRow(in KernelCall call) : IBuilderRow<BinaryBuilder>
    {
        private readonly FixedArgument<long> _code = call.Fixed<long>(0);
        private readonly RowFaults _faults = call.Faults;

        public void Append(int row, BinaryBuilder result)
        {
            long code = _code[row];
            if (code is <= 0 or > 0x10FFFF || !Rune.IsValid((int)code))
            {
                _faults.Add(row, FunctionErrors.ArgumentCode, $"chr: {code} is not the number of a character; they go from 1 to 1114111, without 55296 to 57343.");
                result.AppendNull();
                return;
            }

            result.Commit(new Rune((int)code).EncodeToUtf8(result.GetSpan(4)));
        }
    }

    private readonly ref struct DigitsRow<T>(in KernelCall call, int bitsPerDigit) : IBuilderRow<BinaryBuilder>
        where T : unmanaged, IBinaryInteger<T>
    {
        private readonly FixedArgument<T> _number = call.Fixed<T>(0);
        private readonly int _bits = bitsPerDigit;

        public void Append(int row, BinaryBuilder result)
        {
            T number = _number[row];
            ulong rest = ulong.CreateTruncating(number);
            if (T.IsNegative(number) && number.GetByteCount() < 8)
            {
                rest &= (1UL << (number.GetByteCount() * 8)) - 1;
            }

            Span<byte> digits = stackalloc byte[64];
            int at = digits.Length;
            do
            {
                digits[--at] = "0123456789abcdef"u8[(int)(rest & ((1u << _bits) - 1))];
                rest >>= _bits;
            }
            while (rest != 0);

            result.Append(digits[at..]);
        }
    }
}
