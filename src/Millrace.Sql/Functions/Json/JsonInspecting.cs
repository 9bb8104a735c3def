using System.Text.Json;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>What JSON values are, and what they are made of.</summary>
internal static class JsonInspecting
{
    public static ScalarKernel Length(ScalarCallSite site)
    {
        var name = new JsonPathName();
        return (in KernelCall call) => Rows.Fixed<long, LengthRow>(call, new LengthRow(new JsonRow(call, name)));
    }

    public static ScalarKernel Kind(ScalarCallSite site)
    {
        var name = new JsonPathName();
        return (in KernelCall call) => Rows.Text(call, new KindRow(new JsonRow(call, name)));
    }

    public static ScalarKernel Keys(ScalarCallSite site)
    {
        var name = new JsonPathName();
        return (in KernelCall call) => Rows.List(call, new PartsRow(new JsonRow(call, name), JsonTokenType.StartObject, asText: true));
    }

    public static ScalarKernel Elements(bool asText) => (in KernelCall call) => Rows.List(call, new PartsRow(new JsonRow(call, new JsonPathName()), JsonTokenType.StartArray, asText));

    public static Column IsValid(in KernelCall call) => Rows.Boolean(call, new IsValidRow(call.Text(0)));

    /// <summary>The text as JSON; what is none is a fault, or null.</summary>
    public static ScalarKernel Parse(bool orNull) => (in KernelCall call) => Rows.Text(call, new ParseRow(new JsonRow(call, new JsonPathName()), orNull));

    private static void Mismatch(int row, string expected, ReadOnlySpan<byte> value, in JsonRow json)
        => json.Faults.Add(row, FunctionErrors.ArgumentCode, $"{FunctionErrors.Show(value)} is not a JSON {expected}.");

    private readonly ref struct LengthRow(JsonRow json) : IFixedRow<long>
    {
        private readonly JsonRow _json = json;

        public bool TryValue(int row, out long value)
        {
            value = 0;
            if (!_json.TryFind(row, out ReadOnlySpan<byte> array))
            {
                return false;
            }

            if (array[0] != '[')
            {
                Mismatch(row, "array", array, _json);
                return false;
            }

            value = JsonNavigation.Count(array);
            return true;
        }
    }

    private readonly ref struct KindRow(JsonRow json) : IBuilderRow<BinaryBuilder>
    {
        private readonly JsonRow _json = json;

        public void Append(int row, BinaryBuilder result)
        {
            if (!_json.TryFind(row, out ReadOnlySpan<byte> value))
            {
                result.AppendNull();
                return;
            }

            result.Append(value[0] switch
            {
                (byte)'{' => "object"u8,
                (byte)'[' => "array"u8,
                (byte)'"' => "string"u8,
                (byte)'t' or (byte)'f' => "boolean"u8,
                (byte)'n' => "null"u8,
                _ => "number"u8,
            });
        }
    }

    private readonly ref struct PartsRow(JsonRow json, JsonTokenType open, bool asText) : IBuilderRow<ListBuilder>
    {
        private readonly JsonRow _json = json;
        private readonly JsonTokenType _open = open;
        private readonly bool _asText = asText;

        public void Append(int row, ListBuilder result)
        {
            bool isObject = _open == JsonTokenType.StartObject;
            if (!_json.TryFind(row, out ReadOnlySpan<byte> value))
            {
                result.AppendNull();
                return;
            }

            if (value[0] != (isObject ? '{' : '['))
            {
                Mismatch(row, isObject ? "object" : "array", value, _json);
                result.AppendNull();
                return;
            }

            // The value has been read as a whole already, so nothing in it is malformed.
            var items = (BinaryBuilder)result.Items;
            int before = items.Length;
            bool isText = true;
            Utf8JsonReader reader = JsonNavigation.Reader(value);
            reader.Read();
            while (reader.Read() && reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject))
            {
                if (isObject)
                {
                    isText &= TryAppendName(ref reader, row, items);
                    reader.Read();
                    reader.Skip();
                }
                else if (_asText)
                {
                    isText &= _json.TryAppendText(JsonNavigation.Value(ref reader, value), row, items);
                }
                else
                {
                    items.Append(JsonNavigation.Value(ref reader, value));
                }
            }

            if (isText)
            {
                result.AppendRow();
            }
            else
            {
                items.Truncate(before);
                result.AppendNull();
            }
        }

        private bool TryAppendName(ref Utf8JsonReader reader, int row, BinaryBuilder items)
        {
            try
            {
                items.Commit(reader.CopyString(items.GetSpan(reader.ValueSpan.Length)));
                return true;
            }
            catch (InvalidOperationException)
            {
                _json.Faults.Add(row, FunctionErrors.JsonCode, "A name is no text: it has half of a character.");
                return false;
            }
        }
    }

    private readonly struct IsValidRow(TextArgument text) : IFixedRow<bool>
    {
        public bool TryValue(int row, out bool value)
        {
            value = JsonNavigation.IsValid(text[row]);
            return true;
        }
    }

    private readonly ref struct ParseRow(JsonRow json, bool orNull) : IBuilderRow<BinaryBuilder>
    {
        private readonly JsonRow _json = json;
        private readonly bool _orNull = orNull;

        public void Append(int row, BinaryBuilder result)
        {
            ReadOnlySpan<byte> text = _json.Json(row);
            if (JsonNavigation.IsValid(text))
            {
                result.Append(text);
                return;
            }

            if (!_orNull)
            {
                _json.TryFind(row, out _);
            }

            result.AppendNull();
        }
    }
}
