using System.Text.Unicode;
using Millrace.Columnar;

namespace Millrace.Fuzz;

/// <summary>What must hold of any batch, whatever bytes it came from. Reads every byte of it.</summary>
internal static class BatchInvariants
{
    public static void Check(RecordBatch batch, Schema expected)
    {
        Require(batch.Length > 0, "a batch without rows");
        Require(batch.Schema.Count == expected.Count, "another number of columns");
        for (int i = 0; i < expected.Count; i++)
        {
            Require(batch[i].Type.Equals(expected[i].Type), $"column {i} of type {batch[i].Type}, expected {expected[i].Type}");
            Require(batch[i].Length == batch.Length, $"column {i} of another length");
            Check(batch[i]);
        }
    }

    private static void Check(Column column)
    {
        Require(column.NullCount == column.Length - column.Validity.CountOnes(), $"a wrong null count in {column.Type}");
        switch (column)
        {
            case BinaryColumn binary:
                CheckBinary(binary);
                break;
            case ListColumn list:
                CheckOffsets(list.Offsets, list.Items.Length);
                Check(list.Items);
                break;
            case StructColumn structs:
                foreach (Column field in structs.Fields)
                {
                    Require(field.Length == column.Length, "a field of another length than its struct");
                    Check(field);
                }

                break;
            case DictionaryColumn dictionary:
                foreach (int index in dictionary.Indices)
                {
                    Require((uint)index < (uint)dictionary.Dictionary.Length, "an index outside the dictionary");
                }

                Check(dictionary.Dictionary);
                break;
            case FixedBinaryColumn binary:
                Touch(binary.Bytes);
                break;
            case FixedColumn<Int128> decimals:
                CheckDecimals(decimals);
                break;
        }
    }

    private static void CheckBinary(BinaryColumn column)
    {
        CheckOffsets(column.Offsets, column.Data.Length);
        Touch(column.Data);
        for (int row = 0; column.Type.IsText && row < column.Length; row++)
        {
            Require(column.IsNull(row) || Utf8.IsValid(column[row]), "text that is not UTF-8");
        }
    }

    private static void CheckDecimals(FixedColumn<Int128> column)
    {
        for (int row = 0; row < column.Length; row++)
        {
            Require(column.IsNull(row) || DecimalMath.Fits(column.Values[row], column.Type.Precision), $"a value that does not fit {column.Type}");
        }
    }

    private static void CheckOffsets(ReadOnlySpan<int> offsets, int end)
    {
        Require(offsets[0] >= 0 && offsets[^1] <= end, "offsets outside the data");
        for (int i = 1; i < offsets.Length; i++)
        {
            Require(offsets[i] >= offsets[i - 1], "offsets that go back");
        }
    }

    private static void Touch(ReadOnlySpan<byte> bytes)
    {
        int sum = 0;
        foreach (byte b in bytes)
        {
            sum += b;
        }

        GC.KeepAlive(sum);
    }

    private static void Require(bool holds, string fault)
    {
        if (!holds)
        {
            throw new BrokenInvariantException($"The reader made {fault}.");
        }
    }
}

/// <summary>A result that no reader may make.</summary>
internal sealed class BrokenInvariantException(string message) : Exception(message);
