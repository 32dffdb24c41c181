#if !NET
namespace System.Runtime.CompilerServices;

/// <summary>What the compiler looks for; .NET has it.</summary>
internal static class IsExternalInit;
#endif
