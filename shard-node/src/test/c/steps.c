/*
 * Runs a program and counts, instruction by instruction, what one of its threads does between two marks.
 *
 *   steps PROGRAM ARGUMENT...
 *
 * The program prints "ready THREAD", the thread's number for the kernel, and reads a line before it goes on. getpgid(N)
 * with N > 1000000 begins a stretch named N - 1000000; getpgid(0) ends it; getpgid(1000000) comes after the last, and the
 * program is ended. For each stretch a line is printed: its name, the number of instructions, a hash of their addresses
 * in order. Equal hashes: the same way through the code. Of a stretch of more than 300000 instructions nothing is
 * printed.
 *
 * Ends with 77 where the system does not let it look.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_NAME 1000000
/* Longer stretches are not compiled yet, and are let go. */
#define MOST_STEPS 300000
#define CANNOT_LOOK 77
#define SYSCALL_INSTRUCTION 0x050f

static pid_t thread;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

/* Lets the thread go on in the given way until it stops for our sake; false when it has ended. */
static int go(int request) {
    int status;
    int signal = 0;
    for (;;) {
        if (ptrace(request, thread, 0, signal) != 0) {
            return 0;
        }
        if (waitpid(thread, &status, __WALL) < 0 || WIFEXITED(status) || WIFSIGNALED(status)) {
            return 0;
        }
        signal = WSTOPSIG(status);
        if (signal == SIGTRAP || signal == (SIGTRAP | 0x80)) {
            return 1;
        }
        if (status >> 16 == PTRACE_EVENT_STOP) {
            signal = 0;
        }
    }
}

static struct user_regs_struct registers(void) {
    struct user_regs_struct now;
    if (ptrace(PTRACE_GETREGS, thread, 0, &now) != 0) {
        fail("registers");
    }
    return now;
}

static int at_end_mark(const struct user_regs_struct *now) {
    return now->rax == SYS_getpgid && now->rdi == 0 &&
           (ptrace(PTRACE_PEEKTEXT, thread, (void *)now->rip, 0) & 0xffff) == SYSCALL_INSTRUCTION;
}

static void count(uint64_t name) {
    uint64_t steps = 0;
    uint64_t hash = 14695981039346656037u;
    for (;;) {
        struct user_regs_struct now = registers();
        if (at_end_mark(&now)) {
            break;
        }
        hash = (hash ^ now.rip) * 1099511628211u;
        hash ^= hash >> 29;
        steps++;
        if (steps > MOST_STEPS || !go(PTRACE_SINGLESTEP)) {
            return;
        }
    }
    printf("%" PRIu64 " %" PRIu64 " %016" PRIx64 "\n", name, steps, hash);
    fflush(stdout);
}

/* Whether the last stretch was reached. */
static int follow(void) {
    int within_call = 0;
    while (go(PTRACE_SYSCALL)) {
        struct user_regs_struct now = registers();
        within_call = !within_call;
        if (now.orig_rax == SYS_getpgid && now.rdi == FIRST_NAME) {
            return 1;
        }
        if (!within_call && now.orig_rax == SYS_getpgid && now.rdi > FIRST_NAME) {
            count(now.rdi - FIRST_NAME);
        }
    }
    return 0;
}

static void attach(void) {
    int status;
    if (ptrace(PTRACE_SEIZE, thread, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) != 0) {
        exit(errno == EPERM || errno == ENOSYS ? CANNOT_LOOK : 1);
    }
    if (ptrace(PTRACE_INTERRUPT, thread, 0, 0) != 0 || waitpid(thread, &status, __WALL) < 0) {
        fail("attach");
    }
}

int main(int count_of, char **arguments) {
    int to_program[2];
    int from_program[2];
    if (count_of < 2 || pipe(to_program) != 0 || pipe(from_program) != 0) {
        fail("pipe");
    }
    pid_t program = fork();
    if (program == 0) {
        dup2(to_program[0], 0);
        dup2(from_program[1], 1);
        close(to_program[1]);
        close(from_program[0]);
        execv(arguments[1], arguments + 1);
        _exit(127);
    }
    close(to_program[0]);
    close(from_program[1]);
    FILE *said = fdopen(from_program[0], "r");
    char line[256];
    while (thread == 0) {
        if (fgets(line, sizeof line, said) == NULL) {
            fail("the program was never ready");
        }
        sscanf(line, "ready %d", &thread);
    }
    attach();
    if (write(to_program[1], "go\n", 3) != 3) {
        fail("go");
    }
    int finished = follow();
    kill(program, SIGKILL);
    return finished ? 0 : 1;
}
