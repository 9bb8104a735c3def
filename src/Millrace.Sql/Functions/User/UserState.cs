using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>How states of loaded aggregates are kept in columns.</summary>
internal abstract class UserState<TState>
{
    public abstract DataType Type { get; }

    /// <summary>Some states as a column, which the caller owns.</summary>
    public abstract Column Keep(TState[] states, int start, int count);

    public abstract TState Get(Column kept, int row);
}

/// <summary>Chooses how.</summary>
internal static class UserState
{
    public static UserState<TState> Of<TState>(Type type, Func<TState, byte[]>? save, Func<byte[], TState>? load)
    {
        if (save is null != load is null)
        {
            throw UserFunctionErrors.Signature(type.FullName!, "has one of Save and Load; each needs the other.");
        }

        return save is not null ? new OwnBytes<TState>(save, load!)
            : !RuntimeHelpers.IsReferenceOrContainsReferences<TState>() ? new PlainBytes<TState>()
            : new JsonState<TState>();
    }

    private sealed class PlainBytes<TState> : UserState<TState>
    {
        public override DataType Type { get; } = DataType.FixedBinary(Unsafe.SizeOf<TState>());

        public override Column Keep(TState[] states, int start, int count)
        {
            using var builder = new FixedBinaryBuilder(Type, count);
            ref byte first = ref Unsafe.As<TState, byte>(ref MemoryMarshal.GetArrayDataReference(states));
            ReadOnlySpan<byte> bytes = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref first, start * Type.ByteWidth), count * Type.ByteWidth);
            bytes.CopyTo(builder.AppendUninitialized(count));
            return builder.Build();
        }

        public override TState Get(Column kept, int row)
        {
            ReadOnlySpan<byte> bytes = ((FixedBinaryColumn)kept)[row];
            return Unsafe.ReadUnaligned<TState>(ref MemoryMarshal.GetReference(bytes));
        }
    }

    private sealed class OwnBytes<TState>(Func<TState, byte[]> save, Func<byte[], TState> load) : UserState<TState>
    {
        public override DataType Type => DataType.Binary;

        public override Column Keep(TState[] states, int start, int count)
        {
            using var builder = new BinaryBuilder(Type, count);
            for (int i = start; i < start + count; i++)
            {
                builder.Append(save(states[i]));
            }

            return builder.Build();
        }

        public override TState Get(Column kept, int row) => load(((BinaryColumn)kept)[row].ToArray());
    }

    private sealed class JsonState<TState> : UserState<TState>
    {
        private readonly JsonTypeInfo<TState> _json;

        public JsonState()
        {
            var options = new JsonSerializerOptions
            {
                IncludeFields = true,
                NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
                TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            };
            _json = (JsonTypeInfo<TState>)options.GetTypeInfo(typeof(TState));
            CheckWhole();
        }

        public override DataType Type => DataType.Binary;

        public override Column Keep(TState[] states, int start, int count)
        {
            using var builder = new BinaryBuilder(Type, count);
            for (int i = start; i < start + count; i++)
            {
                builder.Append(JsonSerializer.SerializeToUtf8Bytes(states[i], _json));
            }

            return builder.Build();
        }

        public override TState Get(Column kept, int row) => JsonSerializer.Deserialize(((BinaryColumn)kept)[row], _json)!;

        // What JSON would leave out would be lost without a word when states are merged.
        private void CheckWhole()
        {
            if (_json.Kind != JsonTypeInfoKind.Object || _json.Converter is not null && typeof(TState).IsDefined(typeof(JsonConverterAttribute)))
            {
                return;
            }

            var fields = new List<FieldInfo>();
            for (Type? type = typeof(TState); type is not null; type = type.BaseType)
            {
                fields.AddRange(type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));
            }

            HashSet<string> kept = [.. _json.Properties
                .Where(p => p.Get is not null && (p.Set is not null || p.AssociatedParameter is not null))
                .Select(p => p.AttributeProvider is MemberInfo member ? member.Name : p.Name)];
            foreach (FieldInfo field in fields)
            {
                string name = field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>')] : field.Name;
                if (!kept.Contains(name))
                {
                    throw UserFunctionErrors.BadStateCode.Error($"'{name}' of the state {typeof(TState).FullName} cannot be kept: it is private, or cannot be set.");
                }
            }
        }
    }
}
