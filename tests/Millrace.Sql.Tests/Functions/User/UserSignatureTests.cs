using System.Reflection;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Tests.Functions;

/// <summary>Methods and classes that cannot be functions, and what is said of them.</summary>
public sealed class UserSignatureTests
{
    [Theory]
    [InlineData(nameof(Wrong.Later), "The result of Millrace.Sql.Tests.Functions.UserSignatureTests+Wrong.Later has the type Task`1, which is none of SQL.")]
    [InlineData(nameof(Wrong.Takes), "Parameter 'uri' of Millrace.Sql.Tests.Functions.UserSignatureTests+Wrong.Takes has the type Uri, which is none of SQL.")]
    [InlineData(nameof(Wrong.Nothing), "The result of Millrace.Sql.Tests.Functions.UserSignatureTests+Wrong.Nothing has the type Void, which is none of SQL.")]
    [InlineData(nameof(Wrong.ByReference), "Parameter 'value' of Millrace.Sql.Tests.Functions.UserSignatureTests+Wrong.ByReference has the type Int32&, which is none of SQL.")]
    [InlineData(nameof(Wrong.Generic), "is not public and static, or has type parameters.")]
    [InlineData(nameof(Wrong.Instance), "is not public and static, or has type parameters.")]
    [InlineData(nameof(Wrong.OddType), "has [SqlType(\"date\")], and its .NET type stands for bigint.")]
    [InlineData(nameof(Wrong.NoType), "has [SqlType(\"nonsense\")]: ")]
    public void A_method_that_cannot_be_a_function_is_an_error_that_says_why(string name, string message)
    {
        MethodInfo method = typeof(Wrong).GetMethod(name, BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance)!;
        MillraceException error = Assert.Throws<MillraceException>(() => UserScalar.Of("f", method));
        Assert.Equal("MR5314", error.Code.Id);
        Assert.Contains(message, error.Message);
    }

    [Theory]
    [InlineData(typeof(NoInit), "MR5314", "has no public static method Init")]
    [InlineData(typeof(NoAdd), "MR5314", "has no public static method Add")]
    [InlineData(typeof(OddMerge), "MR5314", "OddMerge.Merge is not of the form State Merge(State, State).")]
    [InlineData(typeof(OddAdd), "MR5314", "OddAdd.Add is not of the form State Add(State, …).")]
    [InlineData(typeof(PrivateState), "MR5316", "'_sum' of the state")]
    [InlineData(typeof(UnkeptState), "MR5316", "cannot be kept")]
    [InlineData(typeof(OnlySave), "MR5314", "has one of Save and Load")]
    public void A_class_that_cannot_be_an_aggregate_is_an_error_that_says_why(Type type, string code, string message)
    {
        MillraceException error = Assert.Throws<MillraceException>(() => UserAggregate.Of(new SqlAggregateAttribute("f"), type));
        Assert.Equal(code, error.Code.Id);
        Assert.Contains(message, error.Message);
    }

    public class Wrong
    {
        public static Task<int> Later() => Task.FromResult(1);

        public static int Takes(Uri uri) => uri.Port;

        public static void Nothing()
        {
        }

        public static int ByReference(ref int value) => value;

        public static int Generic<T>() => 1;

        public int Instance() => 1;

        public static int OddType([SqlType("date")] long value) => (int)value;

        public static int NoType([SqlType("nonsense")] long value) => (int)value;
    }

    public static class NoInit
    {
        public static int Result(int state) => state;
    }

    public static class NoAdd
    {
        public static int Init() => 0;

        public static int Merge(int left, int right) => left + right;

        public static int Result(int state) => state;
    }

    public static class OddMerge
    {
        public static int Init() => 0;

        public static int Add(int state, long value) => state + (int)value;

        public static long Merge(int left, int right) => left + right;

        public static int Result(int state) => state;
    }

    public static class OddAdd
    {
        public static int Init() => 0;

        public static void Add(int state, long value)
        {
        }

        public static int Merge(int left, int right) => left + right;

        public static int Result(int state) => state;
    }

    public static class PrivateState
    {
        public sealed class State
        {
            private long _sum;

            public string Name { get; init; } = "";

            public void Add(long value) => _sum += value;

            public long Sum() => _sum;
        }

        public static State Init() => new();

        public static State Add(State state, long value)
        {
            state.Add(value);
            return state;
        }

        public static State Merge(State left, State right) => left;

        public static long Result(State state) => state.Sum();
    }

    public static class UnkeptState
    {
        public static Type Init() => typeof(int);

        public static Type Add(Type state, long value) => state;

        public static Type Merge(Type left, Type right) => left;

        public static long Result(Type state) => 1;
    }

    public static class OnlySave
    {
        public static string Init() => "";

        public static string Add(string state, long value) => state;

        public static string Merge(string left, string right) => left;

        public static long Result(string state) => 1;

        public static byte[] Save(string state) => [];
    }
}
