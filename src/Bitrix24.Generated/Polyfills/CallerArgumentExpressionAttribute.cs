#if !NET
namespace System.Runtime.CompilerServices;

/// <summary>What the compiler looks for; .NET has it.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class CallerArgumentExpressionAttribute(string parameterName) : Attribute
{
    public string ParameterName { get; } = parameterName;
}
#endif
