using System.Text.Json;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Values of JSON by path. Where a path leads nowhere the result is null.</summary>
internal static class JsonExtracting
{
    /// <summary>As JSON; of a path with wildcards an array of all values.</summary>
    public static ScalarKernel Extract(ScalarCallSite site) => Query(scalars: true);

    /// <summary>Objects and arrays only.</summary>
    public static ScalarKernel Query(ScalarCallSite site) => Query(scalars: false);

    /// <summary>As text.</summary>
    public static ScalarKernel Text(ScalarCallSite site) => Value(containers: true);

    /// <summary>As text, of strings, numbers and booleans only.</summary>
    public static ScalarKernel Value(ScalarCallSite site) => Value(containers: false);

    public static ScalarKernel Exists(ScalarCallSite site)
    {
        var name = new JsonPathName();
        return (in KernelCall call) =>
        {
            using var buffer = new ByteBuffer();
            return Rows.Boolean(call, new ExistsRow(new JsonRow(call, name), buffer));
        };
    }

    /// <summary><c>json_extract_path(json, name, …)</c>: names of members, or numbers of elements.</summary>
    public static ScalarKernel ByNames(bool asText) => (in KernelCall call) => Rows.Text(call, new NamesRow(call, asText));

    private static ScalarKernel Query(bool scalars)
    {
        var name = new JsonPathName();
        return (in KernelCall call) =>
        {
            using var buffer = new ByteBuffer();
            return Rows.Text(call, new QueryRow(new JsonRow(call, name), buffer, scalars, call.Context.MaxValueBytes));
        };
    }

    private static ScalarKernel Value(bool containers)
    {
        var name = new JsonPathName();
        return (in KernelCall call) => Rows.Text(call, new TextRow(new JsonRow(call, name), containers));
    }

    private static bool IsContainer(ReadOnlySpan<byte> value) => value[0] is (byte)'{' or (byte)'[';

    private readonly ref struct QueryRow(JsonRow json, ByteBuffer buffer, bool scalars, int limit) : IBuilderRow<BinaryBuilder>
    {
        private readonly JsonRow _json = json;
        private readonly ByteBuffer _buffer = buffer;
        private readonly bool _scalars = scalars;
        private readonly int _limit = limit;

        public void Append(int row, BinaryBuilder result)
        {
            if (_json.Path(row) is { IsSingle: false } path)
            {
                AppendAll(path, row, result);
            }
            else if (_json.TryFind(row, out ReadOnlySpan<byte> value) && (_scalars || IsContainer(value)))
            {
                result.Append(value);
            }
            else
            {
                result.AppendNull();
            }
        }

        private void AppendAll(JsonPath path, int row, BinaryBuilder result)
        {
            _buffer.Truncate();
            try
            {
                JsonNavigation.WriteAll(_json.Json(row), path.Steps, _buffer, _limit);
                Span<byte> target = result.GetSpan(_buffer.Length + 2);
                target[0] = (byte)'[';
                _buffer.Written.CopyTo(target[1..]);
                target[^1] = (byte)']';
                result.Commit(target.Length);
            }
            catch (JsonException e)
            {
                _json.Invalid(row, e);
                result.AppendNull();
            }
        }
    }

    private readonly ref struct TextRow(JsonRow json, bool containers) : IBuilderRow<BinaryBuilder>
    {
        private readonly JsonRow _json = json;
        private readonly bool _containers = containers;

        public void Append(int row, BinaryBuilder result)
        {
            if (_json.TryFind(row, out ReadOnlySpan<byte> value) && (_containers || !IsContainer(value)))
            {
                _json.TryAppendText(value, row, result);
            }
            else
            {
                result.AppendNull();
            }
        }
    }

    private readonly ref struct ExistsRow(JsonRow json, ByteBuffer buffer) : IFixedRow<bool>
    {
        private readonly JsonRow _json = json;
        private readonly ByteBuffer _buffer = buffer;

        public bool TryValue(int row, out bool value)
        {
            value = false;
            if (_json.Path(row) is not { } path)
            {
                return false;
            }

            try
            {
                // The values themselves are not wanted, so none is let in.
                _buffer.Truncate();
                value = path.IsSingle ? JsonNavigation.TryFind(_json.Json(row), path.Steps, out _) : JsonNavigation.WriteAll(_json.Json(row), path.Steps, _buffer, limit: 0) > 0;
                return true;
            }
            catch (JsonException e)
            {
                _json.Invalid(row, e);
                return false;
            }
        }
    }

    private readonly ref struct NamesRow(in KernelCall call, bool asText) : IBuilderRow<BinaryBuilder>
    {
        private readonly JsonRow _json = new(call, new JsonPathName(), path: int.MaxValue);
        private readonly ReadOnlySpan<Execution.Vector> _arguments = call.Arguments;
        private readonly bool _asText = asText;

        public void Append(int row, BinaryBuilder result)
        {
            try
            {
                ReadOnlySpan<byte> value = _json.Json(row);
                bool found = JsonNavigation.TryFind(value, default, out value);
                for (int i = 1; i < _arguments.Length && found; i++)
                {
                    ReadOnlySpan<byte> name = new TextArgument(_arguments[i])[row];
                    JsonStep step = JsonNavigation.KindOf(value) == JsonTokenType.StartArray && IntegerText.TryParse(name, out long index)
                        ? JsonStep.Element(index)
                        : new JsonStep(JsonStepKind.Member, name.ToArray(), 0);
                    found = JsonNavigation.TryFind(value, [step], out value);
                }

                if (!found)
                {
                    result.AppendNull();
                }
                else if (_asText)
                {
                    _json.TryAppendText(value, row, result);
                }
                else
                {
                    result.Append(value);
                }
            }
            catch (JsonException e)
            {
                _json.Invalid(row, e);
                result.AppendNull();
            }
        }
    }
}
