namespace Millrace.Columnar;

/// <summary>
/// Compares columns of one type; a dictionary counts as its values. Null compared with anything is null, except with the
/// two operators of distinctness. Order: NaN equals NaN and is greater than all other numbers, -0 equals 0; text, JSON
/// and binary by their bytes; false before true; intervals by length with months of 30 days; lists, maps and structs by
/// their first difference, where an inner null equals null and comes last. The caller owns the result.
/// </summary>
public static unsafe class Compare
{
    /// <summary>Row by row; both are equally long.</summary>
    public static BooleanColumn Columns(Column left, CompareOperator op, Column right)
    {
        if (left.Length != right.Length)
        {
            throw new ArgumentException($"Columns of {left.Length} and {right.Length} rows cannot be compared.");
        }

        return Apply(left, op, right, constant: false);
    }

    /// <summary>Each row with a constant, given as a column of one row.</summary>
    public static BooleanColumn Constant(Column left, CompareOperator op, Column constant)
    {
        if (constant.Length != 1)
        {
            throw new ArgumentException($"A constant has one row, not {constant.Length}.");
        }

        return Apply(left, op, constant, constant: true);
    }

    private static BooleanColumn Apply(Column left, CompareOperator op, Column right, bool constant)
    {
        if (!Values(left.Type).Equals(Values(right.Type)))
        {
            throw new ArgumentException($"{left.Type} cannot be compared with {right.Type}.");
        }

        int rows = left.Length;
        NativeBuffer values = KernelMemory.RentBits(rows);
        var words = (ulong*)values.Pointer;
        if (left is DictionaryColumn dictionary && constant && dictionary.Dictionary.Length <= rows)
        {
            TestDictionary(dictionary, op, right, words);
        }
        else
        {
            Test(new(left, false), op, new(right, constant), rows, words);
        }

        Bitmap leftValid = left.HasNulls ? left.Validity : new Bitmap(null, 0, rows);
        bool nullConstant = constant && right.HasNulls;
        if (op is CompareOperator.DistinctFrom or CompareOperator.NotDistinctFrom)
        {
            ulong flip = op == CompareOperator.DistinctFrom ? ulong.MaxValue : 0;
            for (int at = 0; at < rows; at += 64)
            {
                ulong a = leftValid.Word(at);
                ulong b = constant ? (nullConstant ? 0 : ulong.MaxValue) : right.Validity.Word(at);
                ulong same = (~a & ~b) | (a & b & (words[at >> 6] ^ flip));
                words[at >> 6] = (same ^ flip) & Tail(rows - at);
            }

            return new BooleanColumn(rows, values);
        }

        NativeBuffer? validity = nullConstant ? NoneValid(rows) : constant || !right.HasNulls ? Copy(leftValid) : BothValid(leftValid, right.Validity);
        return new BooleanColumn(rows, values, validity);
    }

    // Once for each distinct value, then a bit for each index.
    private static void TestDictionary(DictionaryColumn left, CompareOperator op, Column constant, ulong* target)
    {
        int values = left.Dictionary.Length;
        using NativeBuffer results = KernelMemory.RentBits(values);
        Test(new(left.Dictionary, false), op, new(constant, true), values, (ulong*)results.Pointer);
        GatherBits.Write(results.Pointer, left.Indices, target);
    }

    // The order is total, so each operator is one of two tests, sides exchanged or result turned round.
    private static void Test(CompareWords.Side left, CompareOperator op, CompareWords.Side right, int rows, ulong* words)
    {
        switch (op)
        {
            case CompareOperator.Less or CompareOperator.GreaterOrEqual: CompareWords.Test<LessTest>(left, right, rows, words); break;
            case CompareOperator.Greater or CompareOperator.LessOrEqual: CompareWords.Test<LessTest>(right, left, rows, words); break;
            default: CompareWords.Test<EqualTest>(left, right, rows, words); break;
        }

        if (op is CompareOperator.NotEqual or CompareOperator.GreaterOrEqual or CompareOperator.LessOrEqual or CompareOperator.DistinctFrom)
        {
            for (int at = 0; at < rows; at += 64)
            {
                words[at >> 6] = ~words[at >> 6] & Tail(rows - at);
            }
        }
    }

    private static ulong Tail(int rows) => rows >= 64 ? ulong.MaxValue : (1UL << rows) - 1;

    private static DataType Values(DataType type) => type.Id == TypeId.Dictionary ? type.DictionaryValue : type;

    private static NativeBuffer NoneValid(int rows)
    {
        NativeBuffer validity = KernelMemory.RentBits(rows);
        new Span<byte>(validity.Pointer, Bits.ByteCount(rows)).Clear();
        return validity;
    }

    private static NativeBuffer? Copy(Bitmap validity) => validity.IsAbsent ? null : BothValid(validity, validity);

    private static NativeBuffer BothValid(Bitmap left, Bitmap right)
    {
        NativeBuffer validity = KernelMemory.RentBits(left.Length);
        var words = (ulong*)validity.Pointer;
        for (int at = 0; at < left.Length; at += 64)
        {
            words[at >> 6] = left.Word(at) & right.Word(at);
        }

        return validity;
    }
}
